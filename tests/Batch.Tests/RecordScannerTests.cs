using System.Text;
using ModelOps.Batch.Records;

namespace ModelOps.Batch.Tests;

public sealed class RecordScannerTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "a,b|1,2", "1,2")]
    [InlineData("a,b\r\n1,2\r\n\r\n3,4", "a,b|1,2|3,4", "1,2,4")]
    [InlineData("a,\"x\ny\"\nb,\"\"\"\n\"\n", "a,\"x\ny\"|b,\"\"\"\n\"", "1,3")]
    [InlineData("5\" disk,1\n6\" disk,2\n", "5\" disk,1|6\" disk,2", "1,2")]
    [InlineData("a,\"never closed\nb,1\nc,2\n", "a,\"never closed!|b,1|c,2", "1,2,3")]
    [InlineData("\n\n\n", "", "")]
    public async Task Csv_is_cut_where_rfc_4180_cuts_it(string text, string records, string lines)
    {
        foreach (var readBytes in (int[])[1, 3, 1_000])
        {
            var (found, at) = await ScanAsync(text, RecordFormat.Csv, readBytes);

            Assert.Equal(records, string.Join('|', found));
            Assert.Equal(lines, string.Join(',', at));
        }
    }

    [Fact]
    public async Task A_line_of_json_is_a_record_whatever_quotes_it_has()
    {
        var (found, at) = await ScanAsync("{\"a\":\"x\\\"\"}\n{\"b\":\"\n\n{}", RecordFormat.NdJson, 2);

        Assert.Equal(["{\"a\":\"x\\\"\"}", "{\"b\":\"", "{}"], found);
        Assert.Equal([1, 2, 4], at);
    }

    [Theory]
    [InlineData(RecordFormat.Csv), InlineData(RecordFormat.NdJson)]
    public async Task A_line_without_an_end_costs_itself_and_nothing_else(RecordFormat format)
    {
        var text = $"first\n{new string('x', 3 * RecordScanner.MostRecordBytes)}\nlast\n";

        var (found, at) = await ScanAsync(text, format, 100_000);

        Assert.Equal(["first", $"{new string('x', 1_024)}!", "last"], found);
        Assert.Equal([1, 2, 3], at);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_costs_one_line_of_a_large_file()
    {
        var text = $"\"open\n{string.Concat(Enumerable.Repeat("0123456789,abcdef\n", 100_000))}";

        var (found, at) = await ScanAsync(text, RecordFormat.Csv, 65_536);

        Assert.Equal(100_001, found.Count);
        Assert.Equal("\"open!", found[0]);
        Assert.Equal(100_001, at[^1]);
    }

    [Fact]
    public async Task Reading_can_begin_where_a_chunk_ended()
    {
        var bytes = Encoding.UTF8.GetBytes("1,\"a\nb\"\n2,c\n3,\"d\n\"\n4,e\n");
        var whole = new RecordScanner(new MemoryStream(bytes), RecordFormat.Csv, new(0, 1), bytes.Length);
        var first = await whole.ReadAsync(2, CancellationToken.None);

        var later = new RecordScanner(new MemoryStream(bytes[(int)first!.End.Offset..]), RecordFormat.Csv, first.End, bytes.Length);
        var again = await later.ReadAsync(10, CancellationToken.None);
        var rest = await whole.ReadAsync(10, CancellationToken.None);

        Assert.Equal(rest!.Data, again!.Data);
        Assert.Equal(rest.Records, again.Records);
        Assert.Equal(rest.End, again.End);
    }

    /// <summary>What is no record ends with an exclamation mark.</summary>
    private static async Task<(List<string> Records, List<long> Lines)> ScanAsync(string text, RecordFormat format, int readBytes)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var scanner = new RecordScanner(new SlowStream(bytes, readBytes), format, new(0, 1), bytes.Length);
        var (records, lines) = (new List<string>(), new List<long>());
        while (await scanner.ReadAsync(2, CancellationToken.None) is { } chunk)
        {
            for (var i = 0; i < chunk.Records.Length; i++)
            {
                records.Add(Encoding.UTF8.GetString(chunk[i].Span) + (chunk.Records[i].Problem is null ? "" : "!"));
                lines.Add(chunk.Records[i].Line);
            }
        }
        Assert.Equal(bytes.Length, scanner.Position.Offset);
        return (records, lines);
    }

    private sealed class SlowStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
