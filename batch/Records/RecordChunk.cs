namespace ModelOps.Batch.Records;

/// <summary>Where a record lies in its chunk.</summary>
/// <param name="Offset">Its first byte in the chunk.</param>
/// <param name="Length">Its bytes without the line break.</param>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Problem">Why it is no record; null: it is one. Of one that is too long the bytes are its beginning.</param>
internal readonly record struct RecordSpan(int Offset, int Length, long Line, string? Problem = null);

/// <summary>A place in a file between two records.</summary>
/// <param name="Offset">Bytes before it.</param>
/// <param name="Line">Line that begins there, from 1.</param>
internal readonly record struct RecordPosition(long Offset, long Line);

/// <summary>Records of a file that follow each other.</summary>
/// <param name="Start">Where they begin.</param>
/// <param name="End">Where the record after them begins.</param>
/// <param name="Data">Their bytes.</param>
/// <param name="Records">Where each of them lies.</param>
internal sealed record RecordChunk(RecordPosition Start, RecordPosition End, byte[] Data, RecordSpan[] Records)
{
    public ReadOnlyMemory<byte> this[int record] => Data.AsMemory(Records[record].Offset, Records[record].Length);
}
