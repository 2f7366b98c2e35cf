namespace ModelOps.Inference.PredictionLog;

/// <summary>A PredictionLayout under a number that no other one of this process has; a file is written by one process.</summary>
internal sealed class LoggedLayout
{
    private static int s_last;

    /// <param name="message">The PredictionLayout, encoded.</param>
    public LoggedLayout(ReadOnlySpan<byte> message)
    {
        Number = Interlocked.Increment(ref s_last);
        Frame = [.. new byte[SegmentFormat.SizeBefore], .. message];
        SegmentFormat.Begin(Frame, Number, rows: 0);
        SegmentFormat.Seal(Frame);
    }

    /// <summary>What frames of its rows call it.</summary>
    public int Number { get; }

    /// <summary>The frame that a file has of it.</summary>
    public byte[] Frame { get; }

    /// <summary>False when it is larger than a frame may be: nothing can be logged under it.</summary>
    public bool FitsFrame => Frame.Length - SegmentFormat.HeaderSize <= SegmentFormat.MaxPayload;
}
