using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Turns elements that travel in typed fields into the raw encoding.</summary>
internal static class TypedContents
{
    /// <summary>Encodes the elements of an input.</summary>
    /// <param name="datatype">The input's type.</param>
    /// <param name="contents">The typed fields.</param>
    /// <param name="elements">Elements that the shape takes.</param>
    /// <param name="rented">A pooled array that holds the encoding; the caller returns it.</param>
    /// <param name="length">Bytes of the encoding.</param>
    /// <returns>The rule that is broken; null when none is.</returns>
    public static string? Encode(Datatype datatype, InferTensorContents contents, int elements, out byte[]? rented, out int length)
    {
        (rented, length) = (null, 0);
        var (field, count) = FieldOf(datatype, contents);
        if (field.Length == 0)
        {
            return $"has elements of {datatype.Name} in contents; they travel in raw_input_contents only";
        }
        if (count != elements)
        {
            return $"has {count} elements in {field}, its shape takes {elements}; elements of {datatype.Name} travel in {field}";
        }
        var bytes = datatype.Size > 0 ? (long)elements * datatype.Size : BytesLength(contents.BytesContents);
        if (bytes > Array.MaxLength)
        {
            return $"has more than {Array.MaxLength} bytes";
        }
        length = (int)bytes;
        rented = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        return Copy(datatype, contents, rented.AsSpan(0, length)) is var bad and >= 0 ? $"element {bad} in {field} does not fit {datatype.Name}" : null;
    }

    private static (string Field, int Count) FieldOf(Datatype datatype, InferTensorContents contents) => datatype.Name switch
    {
        "BOOL" => ("bool_contents", contents.BoolContents.Count),
        "INT8" or "INT16" or "INT32" => ("int_contents", contents.IntContents.Count),
        "INT64" => ("int64_contents", contents.Int64Contents.Count),
        "UINT8" or "UINT16" or "UINT32" => ("uint_contents", contents.UintContents.Count),
        "UINT64" => ("uint64_contents", contents.Uint64Contents.Count),
        "FP32" => ("fp32_contents", contents.Fp32Contents.Count),
        "FP64" => ("fp64_contents", contents.Fp64Contents.Count),
        "BYTES" => ("bytes_contents", contents.BytesContents.Count),
        _ => ("", 0),
    };

    /// <returns>The first element that does not fit; -1 when all do.</returns>
    private static int Copy(Datatype datatype, InferTensorContents contents, Span<byte> to) => datatype.Name switch
    {
        "BOOL" => CopyAs(contents.BoolContents, to, value => value ? (byte)1 : (byte)0),
        "INT8" => Narrow<int, sbyte>(contents.IntContents, to),
        "INT16" => Narrow<int, short>(contents.IntContents, to),
        "INT32" => CopyAs(contents.IntContents, to, value => value),
        "INT64" => CopyAs(contents.Int64Contents, to, value => value),
        "UINT8" => Narrow<uint, byte>(contents.UintContents, to),
        "UINT16" => Narrow<uint, ushort>(contents.UintContents, to),
        "UINT32" => CopyAs(contents.UintContents, to, value => value),
        "UINT64" => CopyAs(contents.Uint64Contents, to, value => value),
        "FP32" => CopyAs(contents.Fp32Contents, to, value => value),
        "FP64" => CopyAs(contents.Fp64Contents, to, value => value),
        _ => CopyBytes(contents.BytesContents, to),
    };

    private static int CopyAs<TFrom, TTo>(RepeatedField<TFrom> from, Span<byte> to, Func<TFrom, TTo> convert)
        where TTo : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, TTo>(to);
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = convert(from[i]);
        }
        return -1;
    }

    private static int Narrow<TFrom, TTo>(RepeatedField<TFrom> from, Span<byte> to)
        where TFrom : unmanaged, System.Numerics.INumber<TFrom>
        where TTo : unmanaged, System.Numerics.INumber<TTo>
    {
        var elements = MemoryMarshal.Cast<byte, TTo>(to);
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = TTo.CreateTruncating(from[i]);
            if (TFrom.CreateTruncating(elements[i]) != from[i])
            {
                return i;
            }
        }
        return -1;
    }

    private static long BytesLength(RepeatedField<ByteString> values)
    {
        long length = 0;
        foreach (var value in values)
        {
            length += BytesElements.LengthSize + value.Length;
        }
        return length;
    }

    private static int CopyBytes(RepeatedField<ByteString> values, Span<byte> to)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(to, value.Length);
            value.Span.CopyTo(to[BytesElements.LengthSize..]);
            to = to[(BytesElements.LengthSize + value.Length)..];
        }
        return -1;
    }
}
