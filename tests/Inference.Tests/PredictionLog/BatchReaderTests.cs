using Google.Protobuf;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class BatchReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("modelops-log-").FullName;
    private readonly SegmentWriter _writer;
    private readonly BatchReader _reader = new();

    public BatchReaderTests() => _writer = new(Options.Create(new PredictionLogOptions { Path = _root, SegmentBytes = 64 << 10 }), TimeProvider.System);

    public void Dispose()
    {
        _writer.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void A_file_has_a_layout_once_and_a_batch_the_layouts_of_its_blocks()
    {
        var (first, second) = (Layout("first"), Layout("second"));
        Append(first, "a");
        Append(first, "b");
        Append(second, "c");
        Append(first, "d");

        var batch = Read();

        Assert.Equal((4 * Frame(first, "a").Length) + first.Frame.Length + second.Frame.Length, Segment.Length);
        Assert.Equal(["first", "second"], batch.Layouts.Select(layout => layout.Model));
        Assert.Equal([("a", 0u), ("b", 0u), ("c", 1u), ("d", 0u)], batch.Blocks.Select(block => (block.PredictionId, block.Layout)));
    }

    [Fact]
    public void What_is_read_again_from_amid_a_file_has_the_layouts_from_before()
    {
        var layout = Layout("first");
        Append(layout, "a");
        Read();
        var confirmed = Segment.ReadPosition;
        Append(layout, "b");
        Read();

        Segment.ReadPosition = confirmed;
        var again = Read();

        Assert.Equal("first", Assert.Single(again.Layouts).Model);
        Assert.Equal("b", Assert.Single(again.Blocks).PredictionId);
    }

    [Fact]
    public void Every_file_has_the_layouts_of_its_own_frames()
    {
        var layout = Layout("first");
        while (_writer.Set is not { Segments.Length: 3 })
        {
            Append(layout, "a");
        }

        Assert.All(_writer.Set.Segments, segment =>
        {
            using var batch = _reader.Read(segment, out _);
            Assert.Equal("first", Assert.Single(PredictionBatch.Parser.ParseFrom(batch!.Body.Span).Layouts).Model);
        });
    }

    [Fact]
    public void A_frame_whose_layout_the_file_does_not_have_is_torn()
    {
        var layout = Layout("first");
        Append(layout, "a");
        Read();
        Append(layout, "b", named: layout.Number + 1_000_000);

        Assert.Null(_reader.Read(Segment, out var isTorn));
        Assert.True(isTorn);
    }

    [Fact]
    public void A_layout_that_fits_no_frame_says_so()
    {
        Assert.True(Layout(new string('m', SegmentFormat.MaxPayload / 2)).FitsFrame);
        Assert.False(Layout(new string('m', SegmentFormat.MaxPayload)).FitsFrame);
    }

    private LogSegment Segment => _writer.Set!.Segments[0];

    private static LoggedLayout Layout(string model) => new(new PredictionLayout { Model = model }.ToByteArray());

    private static byte[] Frame(LoggedLayout layout, string id, int? named = null) =>
        SegmentFormatTests.Framed(new PredictionBlock { PredictionId = id }.ToByteArray(), named ?? layout.Number, rows: 1);

    private void Append(LoggedLayout layout, string id, int? named = null) => Assert.Null(_writer.Append(layout, Frame(layout, id, named)));

    private PredictionBatch Read()
    {
        using var batch = _reader.Read(Segment, out _);
        return PredictionBatch.Parser.ParseFrom(batch!.Body.Span);
    }
}
