using System.Text;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.OpenInference;

/// <summary>Requests read off the wire are what the generated reader makes of them, or are left to it.</summary>
public sealed class PlainRequestTests
{
    private readonly PlainRequest _plain = new();

    [Fact]
    public void A_plain_request_is_read_as_the_generated_reader_reads_it()
    {
        var request = Requests.Of("fraud", Requests.Tensor("a", "FP32", 2, 3), Requests.Tensor("b", "BYTES", 1)).Raw(new byte[24], Requests.Texts("he\0llo")).WithOutputs("sum");
        (request.ModelVersion, request.Id) = ("12", "ü-1");
        var bytes = request.ToByteArray();

        Assert.True(_plain.TryRead(bytes));
        Assert.Equal(("fraud", "12", "ü-1"), (Text(bytes, _plain.ModelName), Text(bytes, _plain.ModelVersion), Text(bytes, _plain.Id)));
        Assert.Equal(request.Inputs.Select(input => (input.Name, input.Datatype)), _plain.Inputs.Select(input => (Text(bytes, input.Name), Text(bytes, input.Datatype))));
        Assert.Equal(request.Inputs.SelectMany(input => input.Shape), _plain.Inputs.SelectMany(input => _plain.Shape(input)));
        Assert.Equal(request.RawInputContents, _plain.Raw.Select(raw => ByteString.CopyFrom(bytes, raw.Start, raw.Length)));
        Assert.Equal(["sum"], _plain.Outputs.Select(output => Text(bytes, output)));
    }

    [Fact]
    public void A_shape_that_is_not_packed_is_read_too()
    {
        byte[] input = [.. Field(1, "x"), .. Field(2, "FP32"), 3 << 3, 1, 3 << 3, 0x80, 0x01];
        byte[] bytes = [.. Field(1, "m"), 5 << 3 | 2, (byte)input.Length, .. input, .. Field(7, "raw")];

        Assert.True(_plain.TryRead(bytes));
        Assert.Equal([1L, 128L], _plain.Shape(_plain.Inputs[0]));
    }

    [Fact]
    public void What_is_not_plain_is_left_to_the_generated_reader()
    {
        var parameters = Plain();
        parameters.Parameters["priority"] = new() { Int64Param = 1 };
        var typed = Requests.Of("m", Requests.Floats("x", [1, 1], 1));
        var ofInput = Plain();
        ofInput.Inputs[0].Parameters["a"] = new() { BoolParam = true };
        var ofOutput = Plain().WithOutputs("y");
        ofOutput.Outputs[0].Parameters["classification"] = new() { Int64Param = 2 };
        var mixed = Plain().Raw(new byte[4]);

        var manyOutputs = Plain().WithOutputs([.. Enumerable.Repeat("y", 2_000)]);
        var manyDimensions = Requests.Of("m", Requests.Tensor("x", "FP32", [.. Enumerable.Repeat(1L, 2_000)])).Raw(new byte[4]);

        Assert.All((ModelInferRequest[])[parameters, typed, ofInput, ofOutput, mixed, manyOutputs, manyDimensions, new()], request => Assert.False(_plain.TryRead(request.ToByteArray())));
    }

    [Fact]
    public void No_prefix_and_no_flipped_bit_of_a_request_breaks_the_reader()
    {
        var bytes = Plain().WithOutputs("y").ToByteArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            _plain.TryRead(bytes.AsSpan(0, at));
            for (var bit = 0; bit < 8; bit++)
            {
                var broken = (byte[])bytes.Clone();
                broken[at] ^= (byte)(1 << bit);
                if (_plain.TryRead(broken))
                {
                    var read = ModelInferRequest.Parser.ParseFrom(broken);
                    Assert.Equal(read.RawInputContents, _plain.Raw.Select(raw => ByteString.CopyFrom(broken, raw.Start, raw.Length)));
                }
            }
        }
    }

    private static ModelInferRequest Plain() => Requests.Of("m", Requests.Tensor("x", "FP32", 1, 1)).Raw(new byte[4]);

    private static byte[] Field(int number, string text) => [(byte)(number << 3 | 2), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static string Text(byte[] bytes, Slice slice) => Encoding.UTF8.GetString(bytes, slice.Start, slice.Length);
}
