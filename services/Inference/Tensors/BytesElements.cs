using System.Buffers.Binary;

namespace ModelOps.Inference.Tensors;

/// <summary>The elements of a BYTES tensor as they travel raw: each preceded by its length as a 4-byte little-endian integer.</summary>
internal ref struct BytesElements(ReadOnlySpan<byte> raw)
{
    public const int LengthSize = sizeof(uint);
    private ReadOnlySpan<byte> _rest = raw;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads the next element.</summary>
    /// <returns>False when the bytes end before the element does.</returns>
    public bool TryRead(out ReadOnlySpan<byte> element)
    {
        element = default;
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(_rest, out var length) || length > _rest.Length - LengthSize)
        {
            return false;
        }
        element = _rest.Slice(LengthSize, (int)length);
        _rest = _rest[(LengthSize + (int)length)..];
        return true;
    }
}
