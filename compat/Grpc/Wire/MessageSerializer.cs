using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Puts one framed message in an output. A marshaller that says the length first writes straight into the output; what any other writes is
/// collected and copied. One serializer is kept per thread, since marshallers do not wait.
/// </summary>
internal sealed class MessageSerializer : SerializationContext, IBufferWriter<byte>
{
    [ThreadStatic]
    private static MessageSerializer? Idle;

    private IBufferWriter<byte> _output = null!;
    private PooledBuffer? _collected;
    private Compressor? _compressor;
    private int? _limit;
    private int _announced = -1;
    private long _written;
    private bool _framed;
    private bool _complete;

    /// <exception cref="RpcException">The message is over the limit; nothing was written.</exception>
    /// <exception cref="BrokenFrameException">The marshaller failed after part of the message was written.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T message, Action<T, SerializationContext> serializer, int? limit, Compressor? compressor)
    {
        var context = Idle ?? new MessageSerializer();
        Idle = null;
        context._output = output;
        context._limit = limit;
        context._compressor = compressor;
        try
        {
            serializer(message, context);
            if (!context._complete)
            {
                throw new InvalidOperationException("The marshaller did not complete the message.");
            }
        }
        catch (Exception e) when (context is { _framed: true, _complete: false })
        {
            throw new BrokenFrameException(e);
        }
        finally
        {
            context.Reset();
            Idle = context;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ThrowIfOverLimit(payloadLength);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_announced >= 0 && _compressor is null)
        {
            BeginFrame(_announced, compressed: false);
        }
        else
        {
            _collected ??= new PooledBuffer(Math.Max(256, _announced));
        }
        return this;
    }

    public override void Complete()
    {
        if (_framed)
        {
            if (_written != _announced)
            {
                throw new InvalidOperationException($"The marshaller announced {_announced} bytes and wrote {_written}.");
            }
            _complete = true;
            return;
        }
        WriteWhole(_collected is null ? default : _collected.Memory.Span);
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        WriteWhole(payload);
    }

    public void Advance(int count)
    {
        _written += count;
        if (_framed)
        {
            _output.Advance(count);
        }
        else
        {
            _collected!.Advance(count);
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _framed ? _output.GetMemory(sizeHint) : _collected!.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _framed ? _output.GetSpan(sizeHint) : _collected!.GetSpan(sizeHint);

    private void WriteWhole(ReadOnlySpan<byte> payload)
    {
        if (_complete || _framed)
        {
            throw new InvalidOperationException("The message is already complete.");
        }
        ThrowIfOverLimit(payload.Length);
        // Of nothing, .NET's compression streams make nothing, which is neither valid gzip nor zlib; an empty message goes as it is.
        if (_compressor is null || payload.IsEmpty)
        {
            BeginFrame(payload.Length, compressed: false);
            _output.Write(payload);
        }
        else
        {
            using var compressed = _compressor.Compress(payload);
            BeginFrame(compressed.Length, compressed: true);
            _output.Write(compressed.Memory.Span);
        }
        _complete = true;
    }

    private void BeginFrame(int length, bool compressed)
    {
        if (_framed)
        {
            return;
        }
        Frame.WriteHeader(_output.GetSpan(WireNames.FrameHeaderSize), compressed, length);
        _output.Advance(WireNames.FrameHeaderSize);
        _framed = true;
    }

    private void ThrowIfOverLimit(int length)
    {
        if (length > _limit)
        {
            throw Failures.SendingTooLarge();
        }
    }

    private void Reset()
    {
        _collected?.Dispose();
        _collected = null;
        _compressor = null;
        _output = null!;
        _announced = -1;
        _written = 0;
        _framed = false;
        _complete = false;
    }
}
