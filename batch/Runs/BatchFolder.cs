using System.Globalization;
using System.Text.Json;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Runs;

/// <summary>
/// What is on disk of a job that is not done: its state, and three files a chunk. A chunk is done exactly when its record is in place and says the
/// lengths that the other two have, so that a machine that stopped between them leaves a chunk to be done again and never half of one.
/// </summary>
internal sealed class BatchFolder : IDisposable
{
    /// <summary>Ending of the files with rows.</summary>
    public const string Part = "part";

    /// <summary>Ending of the files with rejected rows.</summary>
    public const string Rejected = "rejected";

    private const string StateFile = "state.json";
    private const string Record = "json";
    private readonly FolderLock _held;
    private readonly string _folder;

    private BatchFolder(string folder, FolderLock held) => (_folder, _held) = (folder, held);

    /// <summary>Takes a folder, made when it does not exist.</summary>
    public static Outcome<BatchFolder> Open(string folder)
    {
        Directory.CreateDirectory(folder);
        return FolderLock.TryTake(Path.Combine(folder, "lock")) is { } held
            ? new BatchFolder(folder, held)
            : new Refusal(RefusalKind.Aborted, $"another process works on this job: it holds {folder}/lock");
    }

    /// <summary>The job that the folder is of; null: none yet.</summary>
    public BatchState? ReadState() => Read(Path.Combine(_folder, StateFile), BatchJson.Default.BatchState);

    public Task WriteStateAsync(BatchState state, CancellationToken ct) =>
        DurableFile.WriteAsync(Path.Combine(_folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(state, BatchJson.Default.BatchState), ct);

    /// <summary>A chunk that is done; null: it is not.</summary>
    public ChunkRecord? Find(int chunk) =>
        Read(Name(chunk, Record), BatchJson.Default.ChunkRecord) is { } record
        && LengthOf(Name(chunk, Part)) == record.PartBytes && LengthOf(Name(chunk, Rejected)) == record.RejectedBytes
            ? record
            : null;

    public async Task CompleteAsync(int chunk, ChunkRecord record, ReadOnlyMemory<byte> part, ReadOnlyMemory<byte> rejected, CancellationToken ct)
    {
        await DurableFile.WriteAsync(Name(chunk, Part), part, ct);
        await DurableFile.WriteAsync(Name(chunk, Rejected), rejected, ct);
        await DurableFile.WriteAsync(Name(chunk, Record), JsonSerializer.SerializeToUtf8Bytes(record, BatchJson.Default.ChunkRecord), ct);
    }

    /// <summary>Puts the parts of all chunks together.</summary>
    public async Task AssembleAsync(int chunks, string extension, ReadOnlyMemory<byte> header, string path, CancellationToken ct) =>
        await DurableFile.WriteAsync(path, async target =>
        {
            await target.WriteAsync(header, ct);
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                await using var part = new FileStream(Name(chunk, extension), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
                await part.CopyToAsync(target, ct);
            }
        }, ct);

    /// <summary>Removes the folder with everything in it.</summary>
    public void Clear()
    {
        // The state goes last: as long as it is there, it says that the output is in its place.
        foreach (var file in Directory.EnumerateFiles(_folder).Where(file => Path.GetFileName(file) != StateFile))
        {
            File.Delete(file);
        }
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _held.Dispose();

    private string Name(int chunk, string extension) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"chunk-{chunk:D8}.{extension}"));

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;

    /// <summary>A file that does not hold what it should counts as not there.</summary>
    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
