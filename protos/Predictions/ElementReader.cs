using System.Buffers.Binary;
using System.Text;
using ModelOps.Contracts.Features.V1;

namespace ModelOps.Contracts.Monitor.V1;

/// <summary>Reads elements of one datatype as values. NaN is what a model is given for a missing value, so it is read as none.</summary>
internal readonly struct ElementReader
{
    private const int LengthSize = sizeof(uint);
    private readonly string _datatype;
    private readonly int _size;

    private ElementReader(string datatype, int size) => (_datatype, _size) = (datatype, size);

    /// <param name="datatype">Name of the Open Inference Protocol.</param>
    /// <param name="reader">The reader.</param>
    /// <returns>False when there is no such datatype.</returns>
    public static bool TryOf(string datatype, out ElementReader reader)
    {
        var size = datatype switch
        {
            "BYTES" => 0,
            "BOOL" or "INT8" or "UINT8" => 1,
            "INT16" or "UINT16" or "FP16" or "BF16" => 2,
            "INT32" or "UINT32" or "FP32" => 4,
            "INT64" or "UINT64" or "FP64" => 8,
            _ => -1,
        };
        reader = new(datatype, size);
        return size >= 0;
    }

    /// <summary>Reads the next element.</summary>
    /// <returns>False when the bytes end before it does.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out Value value)
    {
        value = new Value();
        var (skip, size) = (0, _size);
        if (size == 0)
        {
            if (!BinaryPrimitives.TryReadUInt32LittleEndian(bytes, out var length) || length > bytes.Length - LengthSize)
            {
                return false;
            }
            (skip, size) = (LengthSize, (int)length);
        }
        if (bytes.Length - skip < size)
        {
            return false;
        }
        Set(value, bytes.Slice(skip, size));
        bytes = bytes[(skip + size)..];
        return true;
    }

    private void Set(Value value, ReadOnlySpan<byte> element)
    {
        switch (_datatype)
        {
            case "BYTES": value.StringValue = Encoding.UTF8.GetString(element); break;
            case "BOOL": value.BoolValue = element[0] != 0; break;
            case "INT8": value.Int64Value = (sbyte)element[0]; break;
            case "UINT8": value.Int64Value = element[0]; break;
            case "INT16": value.Int64Value = BinaryPrimitives.ReadInt16LittleEndian(element); break;
            case "UINT16": value.Int64Value = BinaryPrimitives.ReadUInt16LittleEndian(element); break;
            case "INT32": value.Int64Value = BinaryPrimitives.ReadInt32LittleEndian(element); break;
            case "UINT32": value.Int64Value = BinaryPrimitives.ReadUInt32LittleEndian(element); break;
            case "INT64": value.Int64Value = BinaryPrimitives.ReadInt64LittleEndian(element); break;
            case "UINT64": SetUnsigned(value, BinaryPrimitives.ReadUInt64LittleEndian(element)); break;
            case "FP16": SetDouble(value, (double)BinaryPrimitives.ReadHalfLittleEndian(element)); break;
            case "BF16": SetDouble(value, BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16)); break;
            case "FP32": SetDouble(value, BinaryPrimitives.ReadSingleLittleEndian(element)); break;
            default: SetDouble(value, BinaryPrimitives.ReadDoubleLittleEndian(element)); break;
        }
    }

    /// <summary>Above what a signed integer holds it is a double.</summary>
    private static void SetUnsigned(Value value, ulong element)
    {
        if (element <= long.MaxValue)
        {
            value.Int64Value = (long)element;
        }
        else
        {
            value.DoubleValue = element;
        }
    }

    private static void SetDouble(Value value, double element)
    {
        if (!double.IsNaN(element))
        {
            value.DoubleValue = element;
        }
    }
}
