using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class SegmentFormatTests
{
    private static readonly byte[] Frame = Framed("predictions, as far as the format knows"u8);

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

    [Fact]
    public void A_frame_is_taken_apart_into_what_it_was_made_of()
    {
        SegmentFormat.Read(Frame, out var payload);

        Assert.Equal(3, SegmentFormat.Split(payload, out var layout, out var block));
        Assert.Equal(7, layout);
        Assert.Equal("predictions, as far as the format knows"u8, block);
    }

    [Theory]
    [InlineData(7, -1)]
    [InlineData(7, 513)]
    [InlineData(0, 3)]
    [InlineData(-1, 3)]
    public void A_whole_frame_of_other_parts_is_not_read(int layout, int rows) =>
        Assert.Equal(FrameState.Corrupt, SegmentFormat.Read(Framed("predictions"u8, layout, rows), out _));

    internal static byte[] Framed(ReadOnlySpan<byte> block, int layout = 7, int rows = 3)
    {
        byte[] frame = [.. new byte[SegmentFormat.SizeBefore], .. block];
        SegmentFormat.Begin(frame, layout, rows);
        SegmentFormat.Seal(frame);
        return frame;
    }
}
