using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Encodes elements of inputs as NamedValue messages. NaN is what a model is given for a missing value, so it is logged as null.</summary>
internal static class FeatureEncoder
{
    private const int Features = 12;
    private const int MostTextBytes = 4096;

    /// <summary>Writes one element under a name.</summary>
    /// <param name="wire">Where it goes.</param>
    /// <param name="name">Name of the feature, UTF-8.</param>
    /// <param name="datatype">Type of the tensor; not BYTES.</param>
    /// <param name="raw">The tensor's elements.</param>
    /// <param name="index">Which of them.</param>
    public static void WriteNumber(WireWriter wire, ReadOnlySpan<byte> name, Datatype datatype, ReadOnlySpan<byte> raw, int index)
    {
        var element = raw.Slice(index * datatype.Size, datatype.Size);
        if (datatype.IsFloatingPoint)
        {
            WriteDouble(wire, name, ToDouble(datatype, element));
        }
        else if (ReferenceEquals(datatype, Datatype.Bool))
        {
            Begin(wire, name, 2);
            wire.Integer(1, element[0]);
        }
        else if (ToInteger(datatype, element) is var integer && (integer >= 0 || !ReferenceEquals(datatype, Datatype.UInt64)))
        {
            Begin(wire, name, 1 + WireWriter.SizeOf((ulong)integer));
            wire.Integer(2, integer);
        }
        else
        {
            WriteDouble(wire, name, (ulong)integer); // above what a signed integer holds
        }
    }

    /// <summary>Writes a text under a name; what is too long or no UTF-8 is cut or replaced.</summary>
    public static void WriteText(WireWriter wire, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        text = Clean(text);
        Begin(wire, name, 1 + WireWriter.SizeOf((ulong)text.Length) + text.Length);
        wire.Header(4, text.Length);
        wire.Raw(text);
    }

    /// <summary>Writes a text that a model made as a string field.</summary>
    public static void WriteClean(WireWriter wire, int field, ReadOnlySpan<byte> text) => wire.Bytes(field, Clean(text));

    /// <summary>PostgreSQL holds no U+0000, protobuf no broken UTF-8: a prediction is not lost for a text.</summary>
    private static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text) => text.Length <= MostTextBytes && Utf8.IsValid(text) && !text.Contains((byte)0)
        ? text
        : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MostTextBytes / 3)]).Replace('\0', '\uFFFD')); // which takes three bytes

    private static void WriteDouble(WireWriter wire, ReadOnlySpan<byte> name, double value)
    {
        var isNull = double.IsNaN(value);
        Begin(wire, name, isNull ? 0 : 1 + sizeof(double));
        if (!isNull)
        {
            wire.Double(3, value);
        }
    }

    /// <summary>NamedValue and Value up to the value's own field.</summary>
    private static void Begin(WireWriter wire, ReadOnlySpan<byte> name, int valueSize)
    {
        wire.Header(Features, 1 + WireWriter.SizeOf((ulong)name.Length) + name.Length + 1 + WireWriter.SizeOf((ulong)valueSize) + valueSize);
        wire.Header(1, name.Length);
        wire.Raw(name);
        wire.Header(2, valueSize);
    }

    private static double ToDouble(Datatype datatype, ReadOnlySpan<byte> element) => datatype.ElementType switch
    {
        TensorElementType.Float => BinaryPrimitives.ReadSingleLittleEndian(element),
        TensorElementType.Double => BinaryPrimitives.ReadDoubleLittleEndian(element),
        TensorElementType.BFloat16 => (float)MemoryMarshal.Read<BFloat16>(element),
        _ => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
    };

    private static long ToInteger(Datatype datatype, ReadOnlySpan<byte> element) => datatype.ElementType switch
    {
        TensorElementType.Int8 => (sbyte)element[0],
        TensorElementType.UInt8 => element[0],
        TensorElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
        TensorElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
        TensorElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
        TensorElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
        _ => BinaryPrimitives.ReadInt64LittleEndian(element),
    };
}
