using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class SegmentFormatTests
{
    private static readonly byte[] Frame = Framed("a prediction, as far as the format knows"u8);

    [Fact]
    public void A_frame_is_read_as_it_was_written()
    {
        var state = SegmentFormat.Read([.. Frame, 1, 2, 3], out var payload);

        Assert.Equal(FrameState.Whole, state);
        Assert.Equal(Frame.AsSpan(SegmentFormat.HeaderSize), payload);
    }

    [Fact]
    public void A_frame_that_ends_early_is_never_whole() =>
        Assert.All(Enumerable.Range(0, Frame.Length), length => Assert.Equal(FrameState.Incomplete, SegmentFormat.Read(Frame.AsSpan(0, length), out _)));

    [Fact]
    public void A_frame_with_any_byte_changed_is_never_whole() =>
        Assert.All(Enumerable.Range(0, Frame.Length), at =>
        {
            var changed = Frame.ToArray();
            changed[at] ^= 0x20;
            Assert.NotEqual(FrameState.Whole, SegmentFormat.Read(changed, out _));
        });

    [Fact]
    public void Blocks_that_a_file_system_never_wrote_are_no_frames() =>
        Assert.Equal(FrameState.Corrupt, SegmentFormat.Read(new byte[4096], out _));

    internal static byte[] Framed(ReadOnlySpan<byte> payload)
    {
        byte[] frame = [.. new byte[SegmentFormat.HeaderSize], .. payload];
        SegmentFormat.Seal(frame);
        return frame;
    }
}
