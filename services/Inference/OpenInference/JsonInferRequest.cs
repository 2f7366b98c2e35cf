using System.Buffers;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>What a request of the protocol's REST form says beside its inputs.</summary>
/// <param name="Id">Identity to echo; null when there is none.</param>
/// <param name="Outputs">Names of the outputs wanted; empty for all.</param>
internal sealed record JsonInferRequest(string? Id, string[] Outputs)
{
    /// <summary>Reads a whole body and binds its inputs.</summary>
    public static Outcome<JsonInferRequest> Read(in ReadOnlySequence<byte> body, BoundInputs inputs)
    {
        var reader = new JsonInferReader(body, inputs);
        return (reader.Read() ?? inputs.Complete()) is { } refusal ? refusal : new JsonInferRequest(reader.Id, reader.Outputs);
    }
}
