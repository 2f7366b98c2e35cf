namespace ModelOps.Inference.OpenInference;

/// <summary>Part of a message's bytes.</summary>
internal readonly record struct Slice(int Start, int Length);

/// <summary>Walks over the fields of a protobuf message where it lies. Whatever is malformed ends the walk: <see cref="IsBroken"/>.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes, Slice message)
{
    private const int WireTypeBits = 3;
    private const int Varints = 0;
    private const int Delimited = 2;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly int _end = message.Start + message.Length;
    private int _at = message.Start;

    public bool IsBroken { get; private set; }

    /// <summary>Number of the field that the reader stands on.</summary>
    public int Field { get; private set; }

    /// <summary>The field's bytes, when it is delimited.</summary>
    public Slice Value { get; private set; }

    /// <summary>The field's value, when it is a varint.</summary>
    public ulong Number { get; private set; }

    /// <summary>True when the field is delimited: a string, bytes, a message or packed numbers.</summary>
    public bool IsDelimited { get; private set; }

    /// <summary>Moves on to the next field. Only varints and delimited fields are known; others break off.</summary>
    public bool Next()
    {
        if (_at >= _end || IsBroken)
        {
            return false;
        }
        if (!TryVarint(out var tag) || tag > int.MaxValue || (tag & ((1 << WireTypeBits) - 1)) is not (Varints or Delimited) || !TryVarint(out var value))
        {
            return Break();
        }
        Field = (int)(tag >> WireTypeBits);
        IsDelimited = (tag & ((1 << WireTypeBits) - 1)) == Delimited;
        Number = value;
        if (IsDelimited)
        {
            if (value > (ulong)(_end - _at))
            {
                return Break();
            }
            Value = new Slice(_at, (int)value);
            _at += (int)value;
        }
        return true;
    }

    /// <summary>Reads the next of packed numbers; false at their end.</summary>
    public bool NextPacked(out ulong number)
    {
        number = 0;
        return _at < _end && (TryVarint(out number) || Break());
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && _at < _end; shift += 7)
        {
            var next = _bytes[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }
        return false;
    }
}
