using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Requests and answers of the protocol's gRPC form to and from tensors.</summary>
internal static class GrpcTensors
{
    /// <summary>Binds a request's inputs; elements that came raw are used where they lie.</summary>
    public static Refusal? Bind(ModelInferRequest request, BoundInputs inputs)
    {
        var raw = request.RawInputContents;
        if (raw.Count > 0 && raw.Count != request.Inputs.Count)
        {
            return Refusal.Invalid("raw_input_contents", $"has {raw.Count} entries for {request.Inputs.Count} inputs; it takes one per input, or none");
        }
        for (var i = 0; i < request.Inputs.Count; i++)
        {
            var input = request.Inputs[i];
            var shape = new long[input.Shape.Count];
            input.Shape.CopyTo(shape, 0);
            var refusal = inputs.Declare(input.Name, input.Datatype, shape, out var ordinal)
                ?? (raw.Count > 0 ? FillRaw(input, raw[i], inputs, ordinal, request.ModelName) : FillTyped(input, inputs, ordinal));
            if (refusal is not null)
            {
                return refusal;
            }
        }
        return inputs.Complete();
    }

    /// <summary>The outputs that a request wants.</summary>
    public static Refusal? Select(ModelInferRequest request, LoadedModel model, out OutputSelection? outputs)
    {
        outputs = model.AllOutputs;
        return request.Outputs.Count == 0 ? null : OutputSelection.Find(model.Schema, [.. request.Outputs.Select(output => output.Name)], out outputs);
    }

    /// <summary>Answers; always raw, which is the only form that every client reads.</summary>
    public static ModelInferResponse Answer(ModelInferRequest request, LoadedModel model, InferenceResult result)
    {
        var response = new ModelInferResponse { ModelName = request.ModelName, ModelVersion = model.Version, Id = request.Id };
        foreach (ref readonly var output in result.Outputs)
        {
            var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = output.Schema.Name, Datatype = output.Schema.Datatype.Name };
            tensor.Shape.AddRange(output.Shape);
            response.Outputs.Add(tensor);
            response.RawOutputContents.Add(output.Schema.Datatype.Size > 0 ? ByteString.CopyFrom(output.Numbers) : Texts(output));
        }
        return response;
    }

    private static Refusal? FillRaw(ModelInferRequest.Types.InferInputTensor input, ByteString raw, BoundInputs inputs, int ordinal, string model) =>
        input.Contents is null
            ? inputs.Fill(ordinal, raw.Memory)
            : BoundInputs.Bad(input.Name, $"has contents; the field must not be specified when using raw_input_contents for '{input.Name}' for model '{model}'");

    private static Refusal? FillTyped(ModelInferRequest.Types.InferInputTensor input, BoundInputs inputs, int ordinal)
    {
        var datatype = inputs.Schema.Inputs[ordinal].Datatype;
        var broken = TypedContents.Encode(datatype, input.Contents ?? new InferTensorContents(), inputs.Inputs[ordinal].Elements, out var rented, out var length);
        if (broken is null)
        {
            return inputs.Fill(ordinal, rented.AsMemory(0, length), rented);
        }
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return BoundInputs.Bad(input.Name, broken);
    }

    private static ByteString Texts(in OutputTensor output)
    {
        var length = 0;
        for (var i = 0; i < output.Elements; i++)
        {
            length = checked(length + BytesElements.LengthSize + output.Text(i).Length);
        }
        var raw = new byte[length];
        var rest = raw.AsSpan();
        for (var i = 0; i < output.Elements; i++)
        {
            var text = output.Text(i);
            BinaryPrimitives.WriteInt32LittleEndian(rest, text.Length);
            text.CopyTo(rest[BytesElements.LengthSize..]);
            rest = rest[(BytesElements.LengthSize + text.Length)..];
        }
        return UnsafeByteOperations.UnsafeWrap(raw);
    }
}
