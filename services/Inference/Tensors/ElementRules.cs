using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelOps.Inference.Tensors;

/// <summary>Rules on the elements of a tensor, which are in the raw encoding. Each answers with the rule that is broken, or null.</summary>
internal static class ElementRules
{
    public static string? Check(Datatype datatype, ReadOnlySpan<byte> raw, int elements, bool allowNaN)
    {
        if (datatype.Size == 0)
        {
            return CheckBytes(raw, elements);
        }
        var expected = (long)elements * datatype.Size;
        if (raw.Length != expected)
        {
            return $"has {raw.Length} bytes, its shape and datatype {datatype.Name} take {expected}";
        }
        if (ReferenceEquals(datatype, Datatype.Bool))
        {
            return CheckBool(raw);
        }
        return allowNaN || !datatype.IsFloatingPoint ? null : CheckNaN(datatype, raw);
    }

    private static string? CheckBytes(ReadOnlySpan<byte> raw, int elements)
    {
        var reader = new BytesElements(raw);
        for (var i = 0; i < elements; i++)
        {
            if (!reader.TryRead(out _))
            {
                return $"ends inside element {i} of {elements}; each BYTES element is its length as 4 bytes, little-endian, then that many bytes";
            }
        }
        return reader.AtEnd ? null : $"has bytes after the {elements} elements of its shape";
    }

    private static string? CheckBool(ReadOnlySpan<byte> raw)
    {
        var at = raw.IndexOfAnyExceptInRange((byte)0, (byte)1);
        return at < 0 ? null : $"element {at} is {raw[at]}, a BOOL is 0 or 1";
    }

    private static string? CheckNaN(Datatype datatype, ReadOnlySpan<byte> raw)
    {
        var at = datatype.ElementType switch
        {
            TensorElementType.Double => FirstNaN(MemoryMarshal.Cast<byte, ulong>(raw), 0x7FF0_0000_0000_0000UL),
            TensorElementType.Float => FirstNaN(MemoryMarshal.Cast<byte, uint>(raw), 0x7F80_0000u),
            TensorElementType.Float16 => FirstNaN<ushort>(MemoryMarshal.Cast<byte, ushort>(raw), 0x7C00),
            _ => FirstNaN<ushort>(MemoryMarshal.Cast<byte, ushort>(raw), 0x7F80),
        };
        return at < 0 ? null : $"element {at} is NaN, which this model forbids (modelops.allow_nan=false)";
    }

    /// <summary>In every IEEE format a NaN is what lies above infinity once the sign is gone; BF16 has no type of its own in .NET.</summary>
    private static int FirstNaN<TBits>(ReadOnlySpan<TBits> values, TBits infinity)
        where TBits : unmanaged, IBinaryInteger<TBits>, IMinMaxValue<TBits>
    {
        var withoutSign = TBits.MaxValue >> 1;
        for (var i = 0; i < values.Length; i++)
        {
            if ((values[i] & withoutSign) > infinity)
            {
                return i;
            }
        }
        return -1;
    }
}
