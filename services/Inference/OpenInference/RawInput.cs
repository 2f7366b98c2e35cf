using System.Buffers;
using System.Buffers.Binary;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>A body without JSON: the elements of the only input, one row of them. What the model leaves open of the shape follows from the length.</summary>
internal static class RawInput
{
    public static Refusal? Bind(in ReadOnlySequence<byte> body, BoundInputs inputs)
    {
        if (inputs.Schema.Inputs is not [var tensor])
        {
            return Refusal.Invalid("body", $"is raw, which takes a model with one input; this one takes {ModelSchema.Names(inputs.Schema.Inputs)}");
        }
        if (Shape(tensor, body.Length) is not { } shape)
        {
            return Refusal.Invalid("body", $"has {body.Length} bytes, which do not make one row of {TensorShape.Text(tensor.Shape)} in {tensor.Datatype.Name}");
        }
        return inputs.Declare(tensor.Name, tensor.Datatype.Name, shape, out var ordinal) ?? Fill(body, inputs, ordinal, tensor.Datatype);
    }

    /// <summary>Null where the length does not tell the shape.</summary>
    private static long[]? Shape(TensorSchema tensor, long bytes)
    {
        var shape = tensor.Shape.ToArray();
        if (shape is [-1, ..])
        {
            shape[0] = 1;
        }
        var open = Array.IndexOf(shape, -1);
        if (open >= 0 && (Array.LastIndexOf(shape, -1) != open || tensor.Datatype.Size == 0))
        {
            return null;
        }
        if (open >= 0)
        {
            shape[open] = 1;
            if (TensorShape.Count(shape, out var row) is not null || row == 0 || bytes % ((long)row * tensor.Datatype.Size) != 0)
            {
                return null;
            }
            shape[open] = bytes / ((long)row * tensor.Datatype.Size);
        }
        var isOneText = tensor.Datatype.Size > 0 || (TensorShape.Count(shape, out var texts) is null && texts == 1);
        return isOneText ? shape : null;
    }

    /// <summary>A text is the body as it is; the raw encoding has its length before it.</summary>
    private static Refusal? Fill(in ReadOnlySequence<byte> body, BoundInputs inputs, int ordinal, Datatype datatype)
    {
        var prefix = datatype.Size == 0 ? BytesElements.LengthSize : 0;
        var length = checked(prefix + (int)body.Length);
        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        if (prefix > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rented, (int)body.Length);
        }
        body.CopyTo(rented.AsSpan(prefix));
        return inputs.Fill(ordinal, rented.AsMemory(0, length), rented);
    }
}
