using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelOps.Batch.Rows;

/// <summary>Encodes values of files as elements of tensors.</summary>
internal static class ElementEncoder
{
    /// <summary>Appends a value.</summary>
    /// <param name="datatype">What it is to be.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="value">Its UTF-8.</param>
    /// <param name="allowNaN">Whether NaN may stand for a number, and so for a missing one.</param>
    /// <param name="target">Where it is appended.</param>
    /// <returns>The rule that the value breaks; null: none.</returns>
    public static string? Append(string datatype, CellKind kind, ReadOnlySpan<byte> value, bool allowNaN, MemoryStream target)
    {
        if (datatype == "BYTES")
        {
            return AppendText(kind, value, target);
        }
        var missing = kind == CellKind.Missing || (kind == CellKind.Text && value.IsEmpty);
        if (IsFloatingPoint(datatype))
        {
            return missing && !allowNaN ? "is missing, and the model takes no missing numbers" : AppendFloatingPoint(datatype, missing ? CellKind.Missing : kind, value, allowNaN, target);
        }
        if (missing)
        {
            return $"is missing, and {datatype} has no missing value";
        }
        return datatype == "BOOL" ? AppendBoolean(kind, value, target) : AppendInteger(datatype, kind, value, target);
    }

    public static bool IsFloatingPoint(string datatype) => datatype is "FP32" or "FP64" or "FP16" or "BF16";

    private static string? AppendText(CellKind kind, ReadOnlySpan<byte> value, MemoryStream target)
    {
        if (kind is not (CellKind.Text or CellKind.String))
        {
            return kind == CellKind.Missing ? "is missing, and a string has no missing value" : "must be a string";
        }
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        target.Write(length);
        target.Write(value);
        return null;
    }

    private static string? AppendFloatingPoint(string datatype, CellKind kind, ReadOnlySpan<byte> value, bool allowNaN, MemoryStream target)
    {
        if (Number(kind, value) is not { } number)
        {
            return $"must be a number within {datatype}";
        }
        if (double.IsNaN(number) && !allowNaN)
        {
            return "is NaN, which the model forbids";
        }
        // Infinity is taken where it is written, not where a number is too large for the type.
        var fits = !double.IsFinite(number) || datatype switch
        {
            "FP32" => float.IsFinite((float)number),
            "FP16" => Half.IsFinite((Half)number),
            "BF16" => float.IsFinite(BrainFloat(number)),
            _ => true,
        };
        if (!fits)
        {
            return $"must be a number within {datatype}";
        }
        switch (datatype)
        {
            case "FP32":
                Write((float)number, target);
                break;
            case "FP64":
                Write(number, target);
                break;
            case "FP16":
                Write((Half)number, target);
                break;
            default:
                Write((ushort)(BitConverter.SingleToUInt32Bits(BrainFloat(number)) >> 16), target);
                break;
        }
        return null;
    }

    /// <summary>NaN for a missing value; null for what is no number.</summary>
    private static double? Number(CellKind kind, ReadOnlySpan<byte> value) => kind switch
    {
        CellKind.Missing => double.NaN,
        CellKind.Number => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
        CellKind.Text => Named(value) ?? (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var text) && double.IsFinite(text) ? text : null),
        CellKind.String => Named(value),
        _ => null,
    };

    private static double? Named(ReadOnlySpan<byte> value) =>
        Is(value, "NaN"u8) ? double.NaN
        : Is(value, "Infinity"u8) || Is(value, "inf"u8) ? double.PositiveInfinity
        : Is(value, "-Infinity"u8) || Is(value, "-inf"u8) ? double.NegativeInfinity
        : null;

    /// <summary>Rounded to the 8 bits of precision that BF16 has, ties to even; NaN stays NaN.</summary>
    private static float BrainFloat(double number)
    {
        var bits = BitConverter.SingleToUInt32Bits((float)number);
        return double.IsNaN(number) ? float.NaN : BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
    }

    private static string? AppendBoolean(CellKind kind, ReadOnlySpan<byte> value, MemoryStream target)
    {
        var isText = kind == CellKind.Text;
        bool? truth = kind is not (CellKind.Text or CellKind.Boolean) ? null
            : Is(value, "true"u8) || (isText && value is [(byte)'1']) ? true
            : Is(value, "false"u8) || (isText && value is [(byte)'0']) ? false
            : null;
        if (truth is not { } known)
        {
            return "must be true or false";
        }
        target.WriteByte(known ? (byte)1 : (byte)0);
        return null;
    }

    private static string? AppendInteger(string datatype, CellKind kind, ReadOnlySpan<byte> value, MemoryStream target) => datatype switch
    {
        "INT8" => Integer<sbyte>(datatype, kind, value, target),
        "INT16" => Integer<short>(datatype, kind, value, target),
        "INT32" => Integer<int>(datatype, kind, value, target),
        "INT64" => Integer<long>(datatype, kind, value, target),
        "UINT8" => Integer<byte>(datatype, kind, value, target),
        "UINT16" => Integer<ushort>(datatype, kind, value, target),
        "UINT32" => Integer<uint>(datatype, kind, value, target),
        "UINT64" => Integer<ulong>(datatype, kind, value, target),
        _ => $"has datatype {datatype}, which a table cannot hold",
    };

    private static string? Integer<T>(string datatype, CellKind kind, ReadOnlySpan<byte> value, MemoryStream target)
        where T : unmanaged, IBinaryInteger<T>
    {
        // A whole number with a fraction of zeros is one: data frames write integers like that where a column has gaps.
        if (kind == CellKind.Text && value.IndexOf((byte)'.') is > 0 and var point && value[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0)
        {
            value = value[..point];
        }
        if (kind is not (CellKind.Text or CellKind.Number) || !T.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return $"must be an integer within {datatype}";
        }
        Write(number, target);
        return null;
    }

    private static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(value, name);

    private static void Write<T>(T value, MemoryStream target)
        where T : unmanaged => target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
