namespace ModelOps.Onnx;

/// <summary>Reads protobuf's wire format off a seekable stream without holding more than a page of it.</summary>
internal sealed class WireReader(Stream stream)
{
    private readonly byte[] _page = new byte[64 << 10];
    private long _pageStart;
    private int _pageLength;
    private int _offset;

    public long Position => _pageStart + _offset;

    /// <summary>Reads a variable-length integer.</summary>
    /// <param name="end">Where the enclosing message ends.</param>
    /// <param name="value">The integer.</param>
    /// <returns>False when it is malformed or runs past the end.</returns>
    public bool TryReadVarint(long end, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position >= end || !TryReadByte(out var next))
            {
                return false;
            }
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Moves on; the caller has checked that so many bytes are there.</summary>
    public void Skip(long count)
    {
        if (count <= _pageLength - _offset)
        {
            _offset += (int)count;
            return;
        }
        _pageStart = Position + count;
        _pageLength = _offset = 0;
        stream.Position = _pageStart;
    }

    private bool TryReadByte(out byte value)
    {
        if (_offset == _pageLength)
        {
            _pageStart += _pageLength;
            _offset = 0;
            _pageLength = stream.Read(_page);
            if (_pageLength == 0)
            {
                value = 0;
                return false;
            }
        }
        value = _page[_offset++];
        return true;
    }
}
