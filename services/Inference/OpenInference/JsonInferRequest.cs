using System.Buffers;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>What a request of the protocol's REST form says beside its inputs.</summary>
/// <param name="Id">Identity to echo; null when there is none.</param>
/// <param name="Outputs">The outputs wanted; empty for all.</param>
/// <param name="HasBinaryOutputs">Whether outputs that do not say otherwise are answered in the raw encoding.</param>
/// <param name="Preferences">What the request asks of the scheduler.</param>
internal sealed record JsonInferRequest(string? Id, RequestedOutput[] Outputs, bool HasBinaryOutputs, RunPreferences Preferences)
{
    /// <summary>Reads a whole body and binds its inputs.</summary>
    /// <param name="body">The JSON, and behind it the elements of inputs that came raw.</param>
    /// <param name="jsonLength">Bytes of the JSON; null: all of them.</param>
    /// <param name="inputs">What the inputs are bound to.</param>
    public static Outcome<JsonInferRequest> Read(in ReadOnlySequence<byte> body, long? jsonLength, BoundInputs inputs)
    {
        if (jsonLength > body.Length)
        {
            return Refusal.Invalid("Inference-Header-Content-Length", $"is {jsonLength}, the body has {body.Length} bytes");
        }
        var reader = new JsonInferReader(body, jsonLength ?? body.Length, inputs);
        return (reader.Read() ?? inputs.Complete()) is { } refusal
            ? refusal
            : new JsonInferRequest(reader.Id, reader.Outputs, reader.Parameters.HasBinaryOutputs, reader.Parameters.Preferences);
    }

    /// <summary>Takes a whole body as the one input of a model, one row of it.</summary>
    public static Outcome<JsonInferRequest> ReadRaw(in ReadOnlySequence<byte> body, BoundInputs inputs) =>
        (RawInput.Bind(body, inputs) ?? inputs.Complete()) is { } refusal ? refusal : new JsonInferRequest(null, [], HasBinaryOutputs: true, default);
}

/// <summary>An output that a request wants.</summary>
/// <param name="Name">Its name as the caller wrote it.</param>
/// <param name="IsBinary">Whether it is answered in the raw encoding; null: as the request says for all.</param>
/// <param name="Classes">How many of the highest values are answered, with their places and labels; 0: the tensor itself is.</param>
internal readonly record struct RequestedOutput(string Name, bool? IsBinary, int Classes);
