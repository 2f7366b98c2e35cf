using System.Text;
using Google.Protobuf;

namespace ModelOps.Onnx.Tests;

public sealed class DamagedFileTests
{
    private static readonly byte[] Good = Models.Add().ToByteArray();

    [Fact]
    public void An_empty_file_is_refused() => Assert.Equal("model is empty", Refused([]).ToString());

    [Theory]
    [InlineData("hello, this is text and no model")]
    [InlineData("{\"format\":\"json\"}")]
    [InlineData("PK\u0003\u0004 a zip archive")]
    [InlineData("\u0080\u0004\u0095 a pickle")]
    public void A_file_of_another_format_is_no_model(string text)
    {
        var refusal = Refused(Encoding.Latin1.GetBytes(text));

        Assert.StartsWith("is no ONNX model", refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            var found = new ModelInspector().Inspect(Good[..length]);

            Assert.True(found.Refusals.Count > 0 || IsWhole(Good[..length]), $"accepted {length} of {Good.Length} bytes");
        }
    }

    [Fact]
    public void A_file_cut_inside_the_graph_says_how_much_is_missing()
    {
        var refusal = Refused(Good[..^40]);

        Assert.Equal("model", refusal.Field);
        Assert.StartsWith("is truncated or damaged: the field at byte", refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_the_model_are_refused()
    {
        var refusal = Refused([.. Good, 0xFF, 0xFF, 0xFF]);

        Assert.Equal($"has bytes behind the model that are no part of it, from byte {Good.Length}", refusal.Rule);
    }

    [Fact]
    public void Two_models_in_one_file_are_refused() => Assert.Equal("graph", Refused([.. Good, .. Good]).Field);

    [Fact]
    public void A_file_over_the_limit_is_refused()
    {
        var found = new ModelInspector(new() { MaxFileBytes = Good.Length - 1 }).Inspect(Good);

        Assert.Equal($"model may have at most {Good.Length - 1} bytes, it has {Good.Length}", Assert.Single(found.Refusals).ToString());
    }

    [Fact]
    public void Ten_thousand_messages_inside_each_other_are_refused_without_recursion()
    {
        // A type that is a sequence of a sequence of ..., in the type of the only input.
        var type = Array.Empty<byte>();
        for (var i = 0; i < 10_000; i++)
        {
            type = [.. Delimited(i % 2 == 0 ? 1 : 4, type)];
        }

        var refusal = Refused(Delimited(7, Delimited(11, Delimited(2, type))));

        Assert.Contains("nest messages at most 64 deep", refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Millions_of_tiny_nodes_are_refused_before_they_take_memory()
    {
        var nodes = new byte[10_000_000];
        for (var i = 0; i < nodes.Length; i += 2)
        {
            nodes[i] = 0x0A;
        }
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Refused(Delimited(7, nodes));

        Assert.Contains("at most 4000000 fields", refusal.Rule, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64L << 20);
    }

    [Fact]
    public void Any_single_byte_changed_is_accepted_or_refused_but_never_thrown()
    {
        var inspector = new ModelInspector();
        var tree = Models.Tree().ToByteArray();
        for (var i = 0; i < tree.Length; i++)
        {
            foreach (var value in (byte[])[0x00, 0x7F, 0x80, 0xFF, (byte)(tree[i] ^ 1)])
            {
                var changed = (byte[])tree.Clone();
                changed[i] = value;

                var found = inspector.Inspect(changed);

                Assert.Equal(found.Signature is null, found.Refusals.Count > 0);
            }
        }
    }

    /// <summary>A cut between two fields of the outermost message leaves a message that is whole.</summary>
    private static bool IsWhole(byte[] bytes) => Schema.ModelProto.Parser.ParseFrom(bytes).Graph is { Output.Count: > 0 };

    private static ModelRefusal Refused(byte[] bytes) => new ModelInspector().Inspect(bytes).Refusals[0];

    private static byte[] Delimited(int field, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(content));
        }
        return stream.ToArray();
    }
}
