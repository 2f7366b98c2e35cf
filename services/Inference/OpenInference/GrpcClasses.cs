using System.Buffers;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Puts classes in the place of the outputs that a request of the gRPC form wants them of.</summary>
internal static class GrpcClasses
{
    public static ModelInferResponse Put(ModelInferResponse response, ModelInferRequest request, LoadedModel model, InferenceResult result)
    {
        for (var i = 0; i < request.Outputs.Count; i++)
        {
            if (InferParameterRules.ClassesOf(request.Outputs[i]) is var wanted and > 0)
            {
                var classes = Classification.Of(result.Outputs[i], wanted, model.Card.Classes);
                var output = response.Outputs[i];
                output.Datatype = Datatype.Bytes.Name;
                output.Shape.Clear();
                output.Shape.AddRange(classes.Shape);
                response.RawOutputContents[i] = Raw(classes);
            }
        }
        return response;
    }

    private static ByteString Raw(Classes classes)
    {
        var raw = new ArrayBufferWriter<byte>(checked((int)Math.Max(classes.RawLength, 1)));
        foreach (var text in classes.Texts)
        {
            RawWriter.Write(raw, text);
        }
        return UnsafeByteOperations.UnsafeWrap(raw.WrittenMemory);
    }
}
