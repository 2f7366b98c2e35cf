namespace ModelOps.Onnx;

/// <summary>
/// A first pass over the bytes of a file that builds nothing: is it whole, does it nest too deep, would reading it take
/// too much memory? Two bytes on the wire may become hundreds in memory, so this is asked before anything is read.
/// </summary>
internal sealed class WireScan(Stream stream, InspectionLimits limits)
{
    private const string File = "model";
    private readonly WireReader _reader = new(stream);
    private readonly Stack<Frame> _open = new();
    private readonly long _length = stream.Length;
    private long _fields;
    private long _packedBytes;
    private bool _graphSeen;

    private readonly record struct Frame(WireMessage Message, long End);

    /// <summary>Scans the file.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public ModelRefusal? Run()
    {
        if (_length == 0)
        {
            return new(File, "is empty");
        }
        if (_length > limits.MaxFileBytes)
        {
            return new(File, $"may have at most {limits.MaxFileBytes} bytes, it has {_length}");
        }
        stream.Position = 0;
        _open.Push(new(WireMessage.Model, _length));
        while (_open.Count > 0)
        {
            if (_reader.Position == _open.Peek().End)
            {
                _open.Pop();
            }
            else if (ScanField() is { } refusal)
            {
                return refusal;
            }
        }
        return _graphSeen ? null : new(File, "is no ONNX model: it has no graph");
    }

    private ModelRefusal? ScanField()
    {
        var frame = _open.Peek();
        var start = _reader.Position;
        if (++_fields > limits.MaxFields)
        {
            return new(File, $"may have at most {limits.MaxFields} fields");
        }
        if (!_reader.TryReadVarint(frame.End, out var tag) || tag >> 3 is 0 or > (1 << 29) - 1)
        {
            return Malformed(start);
        }
        var (field, wireType) = ((int)(tag >> 3), (int)(tag & 7));
        if (frame.Message == WireMessage.Model && CheckTopLevel(field, wireType, start) is { } refusal)
        {
            return refusal;
        }
        return wireType switch
        {
            0 => _reader.TryReadVarint(frame.End, out _) ? null : Malformed(start),
            1 => SkipFixed(sizeof(ulong), frame, start),
            2 => ScanDelimited(field, frame, start),
            5 => SkipFixed(sizeof(uint), frame, start),
            _ => Malformed(start),
        };
    }

    private ModelRefusal? ScanDelimited(int field, Frame frame, long start)
    {
        if (!_reader.TryReadVarint(frame.End, out var length))
        {
            return Malformed(start);
        }
        var left = frame.End - _reader.Position;
        if (length > (ulong)left)
        {
            return Cut(length, left, start);
        }
        if (WireSchema.Child(frame.Message, field) is { } child)
        {
            _open.Push(new(child, _reader.Position + (long)length));
            return _open.Count > limits.MaxNesting ? new(File, $"may nest messages at most {limits.MaxNesting} deep (byte {start})") : null;
        }
        if (WireSchema.IsPackedInteger(frame.Message, field) && (_packedBytes += (long)length) > limits.MaxPackedIntegerBytes)
        {
            return new(File, $"may have at most {limits.MaxPackedIntegerBytes} bytes of packed integers outside raw_data");
        }
        _reader.Skip((long)length);
        return null;
    }

    private ModelRefusal? SkipFixed(int size, Frame frame, long start)
    {
        var left = frame.End - _reader.Position;
        if (left < size)
        {
            return Cut((ulong)size, left, start);
        }
        _reader.Skip(size);
        return null;
    }

    /// <summary>The outermost message may hold only what ONNX defines, and one graph: anything else was appended to it.</summary>
    private ModelRefusal? CheckTopLevel(int field, int wireType, long start)
    {
        if (WireSchema.ModelWireType(field) != wireType)
        {
            return Malformed(start);
        }
        if (field == WireSchema.TrainingInfo)
        {
            return new("training_info", "is not allowed: the file has to hold a model for inference");
        }
        if (field != WireSchema.Graph)
        {
            return null;
        }
        if (_graphSeen)
        {
            return new("graph", $"may appear once, a second one starts at byte {start}: the file is two models, or has garbage behind one");
        }
        _graphSeen = true;
        return null;
    }

    private ModelRefusal Cut(ulong length, long left, long start) => _open.Count == 1 && !_graphSeen && start == 0
        ? Malformed(start)
        : new(File, $"is truncated or damaged: the field at byte {start} says it has {length} bytes, {left} are left");

    private ModelRefusal Malformed(long start)
    {
        if (_open.Count > 1)
        {
            return new(File, $"is damaged: byte {start} starts no field");
        }
        return _graphSeen
            ? new(File, $"has bytes behind the model that are no part of it, from byte {start}")
            : new(File, $"is no ONNX model: byte {start} starts no field of one");
    }
}
