using System.Buffers.Binary;
using System.Text;

namespace ModelOps.FeatureStore.Values;

/// <summary>
/// A row of a view as bytes, the same in Redis and in the history. Big-endian: format (1 byte), version of the schema (4), event
/// time with its sign flipped (8), number of values (2), one null bit per value, then the values that are not null: a truth
/// value in 1 byte, numbers in 8, texts as length (2) and UTF-8. A schema only ever grows at its end, so a row of an older version
/// is a row of the newest one that lacks the last values: they are null.
/// </summary>
internal static class RowCodec
{
    /// <summary>Where the event time stands: the script that writes the newest row compares these bytes.</summary>
    public const int EventTimeOffset = 5;

    /// <summary>Where the number of values stands; what follows depends on nothing but the values.</summary>
    public const int ValuesOffset = EventTimeOffset + sizeof(long);

    /// <summary>First byte of a row.</summary>
    public const byte Format = 1;

    private const int HeaderBytes = ValuesOffset + sizeof(ushort);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Packs values that were checked.</summary>
    public static byte[] Pack(long version, long eventTime, ReadOnlySpan<FeatureValue> values)
    {
        var row = new byte[Size(values)];
        row[0] = Format;
        BinaryPrimitives.WriteUInt32BigEndian(row.AsSpan(1), (uint)version);
        BinaryPrimitives.WriteInt64BigEndian(row.AsSpan(EventTimeOffset), eventTime ^ long.MinValue);
        BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(ValuesOffset), (ushort)values.Length);
        var at = HeaderBytes + NullBytes(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            row[HeaderBytes + (i / 8)] |= (byte)(values[i].IsNull ? 1 << (i % 8) : 0);
            at += Write(row.AsSpan(at), values[i]);
        }
        return row;
    }

    /// <summary>Reads a row back.</summary>
    /// <param name="row">The bytes.</param>
    /// <param name="version">Version of the schema that is known.</param>
    /// <param name="schema">The schema that is known; a row of a newer version is read as far as it goes.</param>
    /// <returns>The row; null when these bytes are no row of the schema.</returns>
    public static Row? Unpack(ReadOnlySpan<byte> row, long version, IReadOnlyList<Field> schema)
    {
        if (row.Length < HeaderBytes || row[0] != Format)
        {
            return null;
        }
        var isNewer = BinaryPrimitives.ReadUInt32BigEndian(row[1..]) > version;
        var count = BinaryPrimitives.ReadUInt16BigEndian(row[ValuesOffset..]);
        var first = HeaderBytes + NullBytes(count);
        var known = Math.Min(count, schema.Count);
        if (row.Length < first || (count > schema.Count && !isNewer) || HasSpareBits(row[..first], count))
        {
            return null;
        }

        var values = new FeatureValue[schema.Count];
        var rest = row[first..];
        for (var i = 0; i < known; i++)
        {
            var isNull = (row[HeaderBytes + (i / 8)] >> (i % 8) & 1) == 1;
            if (!isNull && !TryRead(ref rest, schema[i].Type, out values[i]))
            {
                return null;
            }
        }
        var eventTime = BinaryPrimitives.ReadInt64BigEndian(row[EventTimeOffset..]) ^ long.MinValue;
        return rest.IsEmpty || count > known ? new(eventTime, values) : null;
    }

    private static bool HasSpareBits(ReadOnlySpan<byte> head, int count) => count % 8 != 0 && head[^1] >> (count % 8) != 0;

    private static int NullBytes(int count) => (count + 7) / 8;

    private static int Size(ReadOnlySpan<FeatureValue> values)
    {
        var size = HeaderBytes + NullBytes(values.Length);
        foreach (var value in values)
        {
            size += value.Type switch
            {
                FeatureType.None => 0,
                FeatureType.Bool => 1,
                FeatureType.String => sizeof(ushort) + Strict.GetByteCount(value.Text!),
                _ => sizeof(long),
            };
        }
        return size;
    }

    private static int Write(Span<byte> into, FeatureValue value)
    {
        switch (value.Type)
        {
            case FeatureType.None:
                return 0;
            case FeatureType.Bool:
                into[0] = (byte)value.Bits;
                return 1;
            case FeatureType.String:
                var length = Strict.GetBytes(value.Text!, into[sizeof(ushort)..]);
                BinaryPrimitives.WriteUInt16BigEndian(into, (ushort)length);
                return sizeof(ushort) + length;
            default:
                BinaryPrimitives.WriteInt64BigEndian(into, value.Bits);
                return sizeof(long);
        }
    }

    private static bool TryRead(ref ReadOnlySpan<byte> rest, FeatureType type, out FeatureValue value)
    {
        value = default;
        var size = type switch
        {
            FeatureType.Bool => 1,
            FeatureType.String when rest.Length < sizeof(ushort) => int.MaxValue,
            FeatureType.String => sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(rest),
            _ => sizeof(long),
        };
        if (rest.Length < size)
        {
            return false;
        }
        var read = Read(rest[..size], type);
        rest = rest[size..];
        value = read.GetValueOrDefault();
        return read is not null;
    }

    private static FeatureValue? Read(ReadOnlySpan<byte> bytes, FeatureType type)
    {
        switch (type)
        {
            case FeatureType.Bool:
                return bytes[0] <= 1 ? FeatureValue.Of(bytes[0] == 1) : null;
            case FeatureType.Int64:
                return FeatureValue.Of(BinaryPrimitives.ReadInt64BigEndian(bytes));
            case FeatureType.Double:
                var number = BinaryPrimitives.ReadDoubleBigEndian(bytes);
                return double.IsFinite(number) ? FeatureValue.Of(number) : null;
            default:
                var text = bytes[sizeof(ushort)..];
                return System.Text.Unicode.Utf8.IsValid(text) ? FeatureValue.Of(Strict.GetString(text)) : null;
        }
    }
}

/// <summary>A row as it was read: when its values became true, and one value per feature of the view.</summary>
internal sealed record Row(long EventTime, FeatureValue[] Values);
