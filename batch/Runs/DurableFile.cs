namespace ModelOps.Batch.Runs;

/// <summary>Files that are there whole or not at all, whenever the process or the machine stops.</summary>
public static class DurableFile
{
    private const string Unfinished = ".tmp";

    /// <summary>Writes a file beside its place, to the disk, and then moves it there.</summary>
    /// <param name="path">Its place; what is there is replaced.</param>
    /// <param name="write">Writes the contents.</param>
    /// <param name="ct">Ends writing; the place stays as it was.</param>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(write);
        var unfinished = path + Unfinished;
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16, useAsync: true))
            {
                await write(file);
                await file.FlushAsync(ct);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Writes a file of bytes.</summary>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken ct) =>
        WriteAsync(path, file => file.WriteAsync(contents, ct).AsTask(), ct);
}
