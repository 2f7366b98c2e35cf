using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>One call with its messages.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The request stream and the response go with the HTTP exchange, which the call ends.")]
internal sealed partial class GrpcCall<TRequest, TResponse>(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    : GrpcCall(channel, method, options)
    where TRequest : class
    where TResponse : class
{
    private RequestStreamContent<TRequest>? _requests;
    private HttpResponseMessage? _response;
    private Task? _responseRead;
    private bool _messageReceived;

    /// <summary>Compresses requests, when the caller asked for it.</summary>
    public Compressor? RequestCompressor { get; private set; }

    public WriteOptions? WriteOptions => Options.WriteOptions;

    public bool HasEnded => IsFinished;

    public Task<TResponse> UnaryAsync(TRequest request) => SingleResponseAsync(new UnaryContent<TRequest, TResponse>(this, request));

    public Task<TResponse> ClientStreamingAsync(out IClientStreamWriter<TRequest> requests)
    {
        requests = OpenRequests();
        var response = SingleResponseAsync(_requests!);
        _responseRead = response;
        Observed.Quietly(response);
        return response;
    }

    public IAsyncStreamReader<TResponse> ServerStreaming(TRequest request) =>
        new ResponseStreamReader<TRequest, TResponse>(this, SendAsync(new UnaryContent<TRequest, TResponse>(this, request)));

    public IAsyncStreamReader<TResponse> DuplexStreaming(out IClientStreamWriter<TRequest> requests)
    {
        requests = OpenRequests();
        return new ResponseStreamReader<TRequest, TResponse>(this, SendAsync(_requests!));
    }

    /// <summary>Reads the next message; null when the response has ended well, an exception when it has not.</summary>
    public async ValueTask<TResponse?> ReadNextAsync(StreamFrameReader? reader)
    {
        if (IsFinished)
        {
            return FinalStatus.StatusCode == StatusCode.OK ? null : throw Ending();
        }
        if (reader is not null && await reader.ReadAsync(StopToken).ConfigureAwait(false))
        {
            return Deserialize(reader);
        }
        FinishByTrailers();
        return FinalStatus.StatusCode == StatusCode.OK ? null : throw Ending();
    }

    /// <summary>Puts one request message in a frame; a failure ends the call.</summary>
    public PooledBuffer Serialize(TRequest message, WriteOptions? options)
    {
        var frame = new PooledBuffer();
        try
        {
            var compressor = options?.Flags.HasFlag(WriteFlags.NoCompress) is true ? null : RequestCompressor;
            MessageSerializer.Write(frame, message, method.RequestMarshaller.ContextualSerializer, Channel.Options.MaxSendMessageSize, compressor);
            return frame;
        }
        catch (Exception e)
        {
            frame.Dispose();
            throw Failed(e is RpcException ? e : new RpcException(new Status(StatusCode.Internal, "Failed to serialize request message.", e)));
        }
    }

    /// <summary>
    /// What a failed write of the request stream means. A server may end a call before it has read all requests; then the status it sent
    /// tells more than the broken stream, so that status is waited for where somebody reads it.
    /// </summary>
    public async Task<Exception> WriteFailedAsync(Exception exception)
    {
        if (!IsFinished && _responseRead is not null)
        {
            await _responseRead.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return !IsFinished ? new RpcException(ClientFailures.StatusOf(exception)) : FinalStatus.StatusCode == StatusCode.OK ? CannotWrite() : Ending(exception);
    }

    /// <summary>The exception for a message written after the end of the call.</summary>
    public Exception CannotWrite() => FinalStatus.StatusCode == StatusCode.OK
        ? new InvalidOperationException("Can't write the message because the call is complete.")
        : Ending();

    protected override void OnFinished() => _requests?.Close();

    private RequestStreamWriter<TRequest, TResponse> OpenRequests()
    {
        _requests = new RequestStreamContent<TRequest>();
        if (IsFinished)
        {
            _requests.Close();
        }
        return new RequestStreamWriter<TRequest, TResponse>(this, _requests);
    }

    private async Task<TResponse> SingleResponseAsync(HttpContent content)
    {
        try
        {
            using var reader = await SendAsync(content).ConfigureAwait(false);
            TResponse? message = null;
            if (reader is not null && await reader.ReadAsync(StopToken).ConfigureAwait(false))
            {
                message = Deserialize(reader);
                if (await reader.ReadAsync(StopToken).ConfigureAwait(false))
                {
                    throw Failures.Of(
                        StatusCode.Unimplemented, "Unexpected data after finished reading message: the method has one response message.");
                }
            }
            FinishByTrailers();
            return FinalStatus.StatusCode == StatusCode.OK ? message! : throw Ending();
        }
        catch (Exception e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Sends the request and waits for the response's headers; null when they already ended the call.</summary>
    private async Task<StreamFrameReader?> SendAsync(HttpContent content)
    {
        try
        {
            if (IsFinished)
            {
                throw Ending();
            }
            var request = await MakeRequestAsync(content).ConfigureAwait(false);
            var response = await Channel.SendAsync(request, StopToken).ConfigureAwait(false);
            _response = response;
            Accept(response);
            if (IsFinished)
            {
                throw Ending();
            }
            if (ResponseMetadata.ReadStatus(response.Headers) is { } status)
            {
                // A response without messages may carry its trailers as headers.
                FinishWith(status, response.Headers);
                return null;
            }
            ThrowIfNotGrpc(response);
            var stream = await response.Content.ReadAsStreamAsync(StopToken).ConfigureAwait(false);
            return new StreamFrameReader(stream, Channel.Options.MaxReceiveMessageSize);
        }
        catch (Exception e)
        {
            throw Failed(e);
        }
    }

    private void FinishByTrailers()
    {
        if (!IsFinished)
        {
            var trailers = _response!.TrailingHeaders;
            FinishWith(ResponseMetadata.ReadStatus(trailers) ?? new Status(StatusCode.Unknown, "No grpc-status found on response."), trailers);
        }
    }

    private void FinishWith(Status status, HttpResponseHeaders trailers)
    {
        if (status.StatusCode == StatusCode.OK && !_messageReceived && method.Type is MethodType.Unary or MethodType.ClientStreaming)
        {
            status = new Status(StatusCode.Unimplemented, "No message returned: the method has one response message.");
        }
        Finish(status, trailers: null, completed: true, trailers);
    }
}
