using System.Text;
using Aspire.Hosting.Processes;

namespace ModelOps.Aspire.Tests.Processes;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\nb", new[] { "a", "b" })]
    [InlineData("\n\n", new[] { "", "" })]
    [InlineData("äü 漢字 🙂\n", new[] { "äü 漢字 🙂" })]
    [InlineData("12345678", new[] { "12345678" })]
    [InlineData("12345678\n9", new[] { "12345678", "9" })]
    [InlineData("123456789\n", new[] { "12345678", "9" })]
    [InlineData("1234567\r\n8", new[] { "1234567", "8" })]
    [InlineData("1234567\r8\n", new[] { "1234567\r", "8" })]
    [InlineData("1234567🙂8\n", new[] { "1234567", "🙂8" })]
    public void Text_is_cut_the_same_way_however_the_bytes_arrive(string text, string[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        foreach (var chunk in new[] { 1, 2, 3, 5, 1000 })
        {
            Assert.Equal(expected, Split(bytes, chunk));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_become_replacement_characters()
    {
        var lines = Split([0xFF, (byte)'a', 0xC3, (byte)'\n', 0xE2, 0x82], chunk: 1);

        Assert.Equal(["\uFFFDa\uFFFD", "\uFFFD"], lines);
    }

    private static List<string> Split(byte[] bytes, int chunk)
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(limit: 8, lines.Add);
        foreach (var part in bytes.Chunk(chunk))
        {
            splitter.Push(part);
        }
        splitter.Complete();
        return lines;
    }
}
