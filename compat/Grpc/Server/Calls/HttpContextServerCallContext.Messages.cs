using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Messages of a call, both ways.</summary>
internal sealed partial class HttpContextServerCallContext
{
    /// <summary>Reads the only message of a request that must have exactly one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        var input = HttpContext.Request.BodyReader;
        T? message = null;
        while (true)
        {
            if (!input.TryRead(out var result))
            {
#pragma warning disable MA0040 // the server ends the read when the caller goes away; asking for the token would allocate one per call
                result = await input.ReadAsync();
#pragma warning restore MA0040
            }
            var buffer = result.Buffer;
            if (message is null && Frame.TryRead(ref buffer, Options.MaxReceiveMessageSize, out var compressed, out var payload))
            {
                message = Deserialize(marshaller, compressed, payload);
            }
            if (message is not null && !buffer.IsEmpty)
            {
                throw Failures.Of(StatusCode.Unimplemented, "Additional data after the message received: the method takes one request message.");
            }
            if (result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                return message ?? throw (buffer.IsEmpty
                    ? Failures.Of(StatusCode.Unimplemented, "No message received: the method takes one request message.")
                    : Failures.Incomplete());
            }
            ThrowIfCancelled(result);
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Reads the next message of a stream, null at its end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadNextAsync<T>(Marshaller<T> marshaller, CancellationToken ct)
        where T : class
    {
        var input = HttpContext.Request.BodyReader;
        while (true)
        {
            if (!input.TryRead(out var result))
            {
                result = await input.ReadAsync(ct);
            }
            var buffer = result.Buffer;
            if (Frame.TryRead(ref buffer, Options.MaxReceiveMessageSize, out var compressed, out var payload))
            {
                var message = Deserialize(marshaller, compressed, payload);
                input.AdvanceTo(buffer.Start);
                return message;
            }
            if (result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                return buffer.IsEmpty ? null : throw Failures.Incomplete();
            }
            ThrowIfCancelled(result);
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Puts a message in the response without sending it yet.</summary>
    public void Write<T>(T message, Marshaller<T> marshaller, WriteOptions? options)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            if (!_bodyBegun)
            {
                AnnounceEncoding();
            }
            var compressor = (options ?? WriteOptions)?.Flags.HasFlag(WriteFlags.NoCompress) is true ? null : _responseCompressor;
            try
            {
                MessageSerializer.Write(
                    HttpContext.Response.BodyWriter, message, marshaller.ContextualSerializer, Options.MaxSendMessageSize, compressor);
                _bodyBegun = true;
            }
            catch (BrokenFrameException e)
            {
                // Whatever came after half a message would be taken for its rest.
                Log.HandlerFailed(_logger, _method.FullName, e);
                HttpContext.Abort();
                throw Failures.Of(StatusCode.Internal, "Failed to serialize response message.");
            }
        }
    }

    /// <summary>Sends what was written; waits while the caller is slower than we are.</summary>
    public ValueTask<FlushResult> FlushAsync(CancellationToken ct) => HttpContext.Response.BodyWriter.FlushAsync(ct);

    private T Deserialize<T>(Marshaller<T> marshaller, bool compressed, in ReadOnlySequence<byte> payload)
    {
        try
        {
            if (!compressed)
            {
                return PayloadReader.Deserialize(marshaller.ContextualDeserializer, payload);
            }
            using var plain = RequestCompressor().Decompress(payload, Options.MaxReceiveMessageSize);
            return PayloadReader.Deserialize(marshaller.ContextualDeserializer, new ReadOnlySequence<byte>(plain.Memory));
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "Failed to deserialize request message.", e));
        }
    }

    private Compressor RequestCompressor()
    {
        var encoding = HttpContext.Request.Headers.GrpcEncoding.ToString();
        if (encoding.Length == 0 || encoding == WireNames.Identity)
        {
            throw Failures.CompressedWithoutEncoding();
        }
        if (Options.FindCompressor(encoding) is { } compressor)
        {
            return compressor;
        }
        lock (_gate)
        {
            if (!_ended && !_bodyBegun && !HttpContext.Response.HasStarted)
            {
                HttpContext.Response.Headers.GrpcAcceptEncoding = Options.AcceptedEncodings;
            }
        }
        throw Failures.UnknownEncoding(StatusCode.Unimplemented, encoding, Options.AcceptedEncodings);
    }

    private void ChooseResponseEncoding(StringValues accepted)
    {
        if (Options.ResponseCompressionAlgorithm is { } algorithm && algorithm != WireNames.Identity && Accepts(accepted, algorithm))
        {
            _responseCompressor = Options.FindCompressor(algorithm);
        }
    }

    private void ChooseResponseEncoding(string asked)
    {
        if (asked == WireNames.Identity)
        {
            _responseCompressor = null;
        }
        else if (Accepts(HttpContext.Request.Headers.GrpcAcceptEncoding, asked))
        {
            _responseCompressor = Options.FindCompressor(asked);
        }
    }

    private void AnnounceEncoding()
    {
        if (_responseCompressor is not null)
        {
            HttpContext.Response.Headers.GrpcEncoding = _responseCompressor.EncodingName;
        }
    }

    private static bool Accepts(StringValues accepted, string encoding)
    {
        foreach (var value in accepted)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan(part).Trim().Equals(encoding, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private void ThrowIfCancelled(in ReadResult result)
    {
        if (result.IsCanceled)
        {
            throw new OperationCanceledException("The call was cancelled.", HttpContext.RequestAborted);
        }
    }
}
