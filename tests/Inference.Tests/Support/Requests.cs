using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Inference.Tests.Support;

/// <summary>Requests as clients write them.</summary>
internal static class Requests
{
    public static ModelInferRequest Of(string model, params ModelInferRequest.Types.InferInputTensor[] inputs) => new() { ModelName = model, Inputs = { inputs } };

    public static ModelInferRequest.Types.InferInputTensor Tensor(string name, string datatype, params long[] shape) =>
        new() { Name = name, Datatype = datatype, Shape = { shape } };

    public static ModelInferRequest.Types.InferInputTensor Floats(string name, long[] shape, params float[] values)
    {
        var tensor = Tensor(name, "FP32", shape);
        tensor.Contents = new() { Fp32Contents = { values } };
        return tensor;
    }

    public static ModelInferRequest Raw(this ModelInferRequest request, params byte[][] contents)
    {
        request.RawInputContents.AddRange(contents.Select(ByteString.CopyFrom));
        return request;
    }

    public static byte[] Bytes(params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }
        return bytes;
    }

    public static byte[] Texts(params string[] values) => [.. values.SelectMany(value => (byte[])[.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(value)), .. Encoding.UTF8.GetBytes(value)])];

    public static float[] FloatsOf(ModelInferResponse answer, int output) =>
        [.. answer.RawOutputContents[output].ToByteArray().Chunk(sizeof(float)).Select(bytes => BitConverter.ToSingle(bytes))];

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public static ModelInferRequest WithOutputs(this ModelInferRequest request, params string[] names)
    {
        request.Outputs.AddRange(names.Select(name => new ModelInferRequest.Types.InferRequestedOutputTensor { Name = name }));
        return request;
    }

    public static ModelInferRequest WithDatatype(this ModelInferRequest request, string datatype)
    {
        request.Inputs[0].Datatype = datatype;
        return request;
    }

    public static ModelInferRequest WithInts(this ModelInferRequest request, params int[] values)
    {
        request.Inputs[0].Contents = new() { IntContents = { values } };
        return request;
    }
}
