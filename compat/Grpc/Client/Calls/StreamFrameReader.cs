using System.Buffers;
using System.Runtime.CompilerServices;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// Takes messages off a response stream. Its buffer grows with what has arrived, never with what a header promises, so a false length
/// costs nothing.
/// </summary>
internal sealed class StreamFrameReader(Stream stream, int? limit) : IDisposable
{
    private const int InitialSize = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _start;
    private int _end;
    private int _payloadLength;

    public bool Compressed { get; private set; }

    /// <summary>Valid until the next read.</summary>
    public ReadOnlySequence<byte> Payload { get; private set; }

    /// <summary>Reads the next message; false at the end of the stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        _start += _payloadLength;
        _payloadLength = 0;
        int? length = null;
        while (true)
        {
            if (length is null && _end - _start >= WireNames.FrameHeaderSize)
            {
                length = Frame.ReadHeader(_buffer.AsSpan(_start, WireNames.FrameHeaderSize), limit, out var compressed);
                Compressed = compressed;
                _start += WireNames.FrameHeaderSize;
            }
            if (_end - _start >= length)
            {
                _payloadLength = length.Value;
                Payload = new ReadOnlySequence<byte>(_buffer, _start, _payloadLength);
                return true;
            }
            MakeRoom(length ?? WireNames.FrameHeaderSize);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
            if (read == 0)
            {
                return length is null && _end == _start ? false : throw Failures.Incomplete();
            }
            _end += read;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void MakeRoom(int count)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        if (_end < _buffer.Length && _start + (long)count <= _buffer.Length)
        {
            return;
        }
        var have = _end - _start;
        if (count <= _buffer.Length)
        {
            _buffer.AsSpan(_start, have).CopyTo(_buffer);
        }
        else if (_end < _buffer.Length)
        {
            return;
        }
        else
        {
            var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, 2L * _buffer.Length));
            _buffer.AsSpan(_start, have).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = grown;
        }
        _start = 0;
        _end = have;
    }
}
