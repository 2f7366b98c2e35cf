using System.Runtime.CompilerServices;
using ModelOps.Batch.Records;

namespace ModelOps.Batch.Runs;

/// <summary>The chunks of a job's part of the input that are still to be done. What an earlier attempt did at the beginning is not even read again.</summary>
internal sealed class ChunkFeed(BatchSpec spec, InputFile input, BatchFolder folder, BatchProgress progress)
{
    /// <summary>Chunks of the whole part; known when all were read.</summary>
    public int Count { get; private set; }

    public async IAsyncEnumerable<(int Index, RecordChunk Chunk)> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var (from, to) = spec.Partition.Range(input.Records.Offset, input.Bytes);
        progress.Begin(to - from);
        var start = input.Records;
        while (folder.Find(Count) is { } done)
        {
            Skip(done);
            start = new(done.End, done.EndLine);
        }
        await using var file = InputFile.Open(spec.Input);
        var scanner = InputFile.Scan(file, spec.Format, start, to);
        // Only from a file's beginning can be told what is a record: the parts before this one are passed over.
        await scanner.SkipToAsync(from, ct);
        while (await scanner.ReadAsync(spec.ChunkRows, ct) is { } chunk)
        {
            if (folder.Find(Count) is { } done && done.Start == chunk.Start.Offset && done.End == chunk.End.Offset)
            {
                Skip(done);
            }
            else
            {
                yield return (Count++, chunk);
            }
        }
    }

    private void Skip(ChunkRecord done)
    {
        progress.Add(done.End - done.Start, done.Rows, done.Rejected, resumed: true);
        Count++;
    }
}
