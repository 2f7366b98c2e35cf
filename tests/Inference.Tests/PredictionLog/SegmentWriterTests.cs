using Microsoft.Extensions.Options;
using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class SegmentWriterTests : IDisposable
{
    private static readonly LoggedLayout Layout = new("layout"u8);
    private static readonly byte[] Frame = SegmentFormatTests.Framed(new byte[1000], Layout.Number);
    private readonly string _root = Directory.CreateTempSubdirectory("modelops-log-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Beyond_its_bytes_nothing_is_written_until_a_file_is_deleted()
    {
        using var writer = Writer(_root, maxBytes: 1 << 20);

        var written = 0;
        while (writer.Append(Layout, Frame) is null)
        {
            written++;
        }

        Assert.Equal(((1 << 20) - (4 * Layout.Frame.Length)) / Frame.Length, written); // in four files
        Assert.Equal(DropReason.Budget, writer.Append(Layout, Frame));
        Assert.True(writer.Set!.Bytes <= 1 << 20);
        writer.Delete(writer.Set.Segments.First(segment => segment.IsClosed));
        Assert.Null(writer.Append(Layout, Frame));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_error_and_is_tried_again()
    {
        var file = Path.Combine(_root, "a file, no folder");
        File.WriteAllText(file, "");
        var clock = new ManualClock();
        using var writer = Writer(Path.Combine(file, "log"), clock: clock);

        Assert.Equal(DropReason.Disk, writer.Append(Layout, Frame));
        File.Delete(file);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(writer.Append(Layout, Frame));
    }

    [Fact]
    public void Two_replicas_never_share_a_folder_and_a_restarted_one_takes_its_own_again()
    {
        using var first = Writer(_root);
        string own;
        using (var second = Writer(_root))
        {
            first.Open();
            second.Open();
            own = second.Set!.Folder;
            Assert.NotEqual(first.Set!.Folder, own);
        }

        using var restarted = Writer(_root);
        restarted.Open();

        Assert.Equal(own, restarted.Set!.Folder);
    }

    private static SegmentWriter Writer(string root, long maxBytes = 1 << 30, TimeProvider? clock = null) =>
        new(Options.Create(new PredictionLogOptions { Path = root, MaxBytes = maxBytes }), clock ?? TimeProvider.System);

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
