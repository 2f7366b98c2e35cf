using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelOps.Batch.Models;

/// <summary>Elements of tensors of integers, and of BOOL, as JSON.</summary>
public static class IntegerText
{
    /// <summary>Length of the longest one.</summary>
    public const int MaxLength = 20;

    /// <summary>An element as JSON.</summary>
    /// <param name="datatype">Its datatype by the protocol's name: BOOL, or an integer's.</param>
    /// <param name="element">Its bytes, little-endian.</param>
    public static string Of(string datatype, ReadOnlySpan<byte> element)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[..Write(datatype, element, text)]);
    }

    /// <summary>Writes an element as JSON.</summary>
    /// <param name="datatype">Its datatype by the protocol's name: BOOL, or an integer's.</param>
    /// <param name="element">Its bytes, little-endian.</param>
    /// <param name="target">Where it is written; <see cref="MaxLength"/> bytes hold every one.</param>
    /// <returns>Bytes that were written.</returns>
    public static int Write(string datatype, ReadOnlySpan<byte> element, Span<byte> target) => datatype switch
    {
        "BOOL" => WriteBoolean(element[0] != 0, target),
        "INT8" => Write<sbyte>(element, target),
        "INT16" => Write<short>(element, target),
        "INT32" => Write<int>(element, target),
        "INT64" => Write<long>(element, target),
        "UINT8" => Write<byte>(element, target),
        "UINT16" => Write<ushort>(element, target),
        "UINT32" => Write<uint>(element, target),
        _ => Write<ulong>(element, target),
    };

    private static int WriteBoolean(bool value, Span<byte> target)
    {
        var text = value ? "true"u8 : "false"u8;
        text.CopyTo(target);
        return text.Length;
    }

    private static int Write<T>(ReadOnlySpan<byte> element, Span<byte> target)
        where T : unmanaged, IUtf8SpanFormattable
    {
        _ = MemoryMarshal.Read<T>(element).TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }
}
