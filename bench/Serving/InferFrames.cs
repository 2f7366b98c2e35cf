using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Bench.Serving;

/// <summary>ModelInfer messages with the five bytes that gRPC puts before each, written once and sent many times.</summary>
internal static class InferFrames
{
    /// <summary>Length of gRPC's prefix.</summary>
    public const int PrefixSize = 5;

    /// <summary>One request for each rotating input, with so many rows, raw FP32.</summary>
    public static byte[][] Requests(ServedModel model, long version, int rows) =>
        [.. Enumerable.Range(0, Inputs(model, rows)).Select(first => Frame(Request(model, version, first, rows)))];

    /// <summary>How many different inputs rotate: fewer large ones, so that they fit into memory.</summary>
    public static int Inputs(ServedModel model, int rows) => Math.Clamp(model.Rows.Length / rows, 4, model.Rows.Length);

    /// <summary>The numbers of the last FP32 output.</summary>
    public static float[] Scores(ReadOnlySpan<byte> frame)
    {
        var answer = ModelInferResponse.Parser.ParseFrom(frame[PrefixSize..]);
        for (var i = answer.Outputs.Count - 1; i >= 0; i--)
        {
            if (answer.Outputs[i].Datatype == "FP32")
            {
                return MemoryMarshal.Cast<byte, float>(answer.RawOutputContents[i].Span).ToArray();
            }
        }
        throw new InvalidDataException("the answer has no FP32 output");
    }

    private static ModelInferRequest Request(ServedModel model, long version, int first, int rows) => new()
    {
        ModelName = model.Name,
        ModelVersion = version == 1 ? "" : version.ToString(),
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = model.Input, Datatype = "FP32", Shape = { model.ShapeOf(rows) } } },
        RawInputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(model.Batch(first, rows).AsSpan())) },
    };

    private static byte[] Frame(ModelInferRequest message)
    {
        var frame = new byte[PrefixSize + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixSize);
        message.WriteTo(frame.AsSpan(PrefixSize));
        return frame;
    }
}
