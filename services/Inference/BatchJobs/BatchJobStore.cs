using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelOps.Batch.Runs;

namespace ModelOps.Inference.BatchJobs;

/// <summary>
/// The jobs of all replicas that share a folder, a file each. Only who holds a job's lock changes it; the lock ends with the process, so that another
/// one can go on with the job.
/// </summary>
internal sealed class BatchJobStore(IOptions<BatchOptions> options)
{
    private const string Folder = ".jobs";
    private const string Extension = ".json";

    /// <summary>The folder of batch jobs; null: there are none.</summary>
    public string? Root => string.IsNullOrEmpty(options.Value.Directory) ? null : Path.GetFullPath(options.Value.Directory);

    /// <summary>Jobs that are not over at the most, and how many are kept that are.</summary>
    public int MaxJobs => options.Value.MaxJobs;

    /// <summary>Every job, newest first.</summary>
    public IReadOnlyList<BatchJob> List()
    {
        var folder = Path.Combine(Root!, Folder);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, $"*{Extension}").OrderDescending(StringComparer.Ordinal).Select(Read).OfType<BatchJob>()]
            : [];
    }

    /// <summary>A job; null: there is none of that id.</summary>
    public BatchJob? Find(string id) => Guid.TryParseExact(id, "N", out var known) ? Read(Place($"{known:N}", Extension)) : null;

    public Task WriteAsync(BatchJob job, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(Root!, Folder));
        return DurableFile.WriteAsync(Place(job.Id, Extension), JsonSerializer.SerializeToUtf8Bytes(job, BatchJobJson.Default.BatchJob), ct);
    }

    /// <summary>Takes a job; null: a replica works on it.</summary>
    public FolderLock? TryTake(string id) => FolderLock.TryTake(Place(id, ".lock"));

    /// <summary>Says that a job is to stop.</summary>
    public void RequestCancel(string id) => File.WriteAllBytes(Place(id, ".cancel"), []);

    public bool IsCancelRequested(string id) => File.Exists(Place(id, ".cancel"));

    /// <summary>Forgets the oldest jobs that are over.</summary>
    public void Forget()
    {
        foreach (var job in List().Where(job => job.IsOver).Skip(MaxJobs))
        {
            foreach (var extension in (string[])[".cancel", ".lock", Extension])
            {
                File.Delete(Place(job.Id, extension));
            }
        }
    }

    private string Place(string id, string extension) => Path.Combine(Root!, Folder, id + extension);

    /// <summary>A file that is gone, or holds no job, is none.</summary>
    private static BatchJob? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), BatchJobJson.Default.BatchJob);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
