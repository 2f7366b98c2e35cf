using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// One call. It ends once: when its handler returns, or when its deadline passes while the handler still runs. Whichever comes first writes
/// the status; whatever the handler writes afterwards is refused.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "EndAsync, which every call reaches, disposes of the deadline.")]
internal sealed partial class HttpContextServerCallContext : ServerCallContext, IServerCallContextFeature
{
    private readonly IMethod _method;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private DeadlineWatch? _deadline;
    private Task? _deadlineAnswer;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private Compressor? _responseCompressor;
    private Status _status;
    private bool _bodyBegun;
    private bool _ended;

    public HttpContextServerCallContext(HttpContext http, IMethod method, MethodOptions options, ILogger logger)
    {
        HttpContext = http;
        Options = options;
        _method = method;
        _logger = logger;
    }

    public HttpContext HttpContext { get; }

    public MethodOptions Options { get; }

    ServerCallContext IServerCallContextFeature.ServerCallContext => this;

    /// <summary>Whether the call can still be read and written.</summary>
    public bool IsOpen => !Volatile.Read(ref _ended) && !HttpContext.RequestAborted.IsCancellationRequested;

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => PeerName.Of(HttpContext.Connection);

    protected override DateTime DeadlineCore => _deadline?.Deadline ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? HttpContext.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore
    {
        get => _status;
        set => _status = value;
    }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= PeerIdentity.Of(HttpContext.Connection);

    /// <summary>Values live with the request, so that middleware sees them too.</summary>
    protected override IDictionary<object, object> UserStateCore => HttpContext.Items!;

    /// <summary>Reads what the request says about the call; to be called once, before anything else.</summary>
    /// <exception cref="RpcException">The request cannot be served.</exception>
    public void Begin()
    {
        var headers = HttpContext.Request.Headers;
        HttpContext.Response.ContentType = WireNames.ContentType;
        ChooseResponseEncoding(headers.GrpcAcceptEncoding);
        var timeout = headers.GrpcTimeout;
        if (timeout.Count > 0)
        {
            if (!WireTimeout.TryParse(timeout.ToString(), out var wait))
            {
                throw Failures.Of(StatusCode.Internal, "The value of grpc-timeout is not up to eight digits and one of the units H, M, S, m, u, n.");
            }
            _deadline = new DeadlineWatch(wait, this);
        }
        HttpContext.Features.Set<IServerCallContextFeature>(this);
    }

    /// <summary>Sets the status that the handler's exception means.</summary>
    public void Fail(Exception exception)
    {
        switch (exception)
        {
            case RpcException rpc:
                Log.RpcFailed(_logger, rpc.StatusCode, _method.FullName, rpc);
                _status = rpc.Status;
                TakeOver(rpc.Trailers);
                break;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                _status = Failures.ReceivedTooLarge().Status;
                break;
            case var _ when CancellationToken.IsCancellationRequested:
                Log.HandlerCancelled(_logger, _method.FullName, exception);
                _status = new Status(StatusCode.Cancelled, "The call was cancelled.", exception);
                break;
            default:
                Log.HandlerFailed(_logger, _method.FullName, exception);
                _status = new Status(StatusCode.Unknown, Describe(exception), exception);
                break;
        }
    }

    /// <summary>Writes status and trailers, unless the deadline did; the request may go when the task ends.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                Volatile.Write(ref _ended, true);
                WriteEnd(_status, _responseTrailers);
            }
        }
        return _deadline is null ? Task.CompletedTask : EndDeadlineAsync(_deadline);
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        lock (_gate)
        {
            ThrowIfEnded();
            if (_bodyBegun || HttpContext.Response.HasStarted)
            {
                throw new InvalidOperationException("Response headers can only be sent once per call.");
            }
            foreach (var entry in responseHeaders)
            {
                if (entry.HasKey(WireNames.EncodingRequest))
                {
                    ChooseResponseEncoding(entry.Value);
                }
                else
                {
                    AppendHeader(HttpContext.Response.Headers, entry);
                }
            }
            AnnounceEncoding();
            _bodyBegun = true;
        }
        return HttpContext.Response.BodyWriter.FlushAsync(HttpContext.RequestAborted).AsTask();
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Contexts are not propagated by token; pass the deadline and the cancellation token on.");

    /// <summary>A callback on the call's token threw.</summary>
    public void CallbackFailed(Exception exception) => Log.HandlerFailed(_logger, _method.FullName, exception);

    private async Task EndDeadlineAsync(DeadlineWatch deadline)
    {
        await deadline.DisposeAsync();
        if (_deadlineAnswer is not null)
        {
            await _deadlineAnswer;
        }
    }

    /// <summary>Ends the call while its handler still runs.</summary>
    public void EndByDeadline()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }
            Log.DeadlineExceeded(_logger, _method.FullName);
            _status = new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded");
            WriteEnd(_status, trailers: null);
            Volatile.Write(ref _ended, true);
            _deadlineAnswer = CompleteAndResetAsync();
        }
    }

    /// <summary>Sends the end of the call while its handler still runs, then stops what the caller may still be sending.</summary>
    private async Task CompleteAndResetAsync()
    {
        try
        {
            await HttpContext.Response.CompleteAsync();
            const int NoError = 0;
            HttpContext.Features.Get<IHttpResetFeature>()?.Reset(NoError);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            Log.EndNotSent(_logger, _method.FullName, e);
            HttpContext.Abort();
        }
    }

    private void WriteEnd(Status status, Metadata? trailers)
    {
        var response = HttpContext.Response;
        var destination = _bodyBegun || response.HasStarted
            ? HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : response.Headers;
        if (trailers is { Count: > 0 })
        {
            try
            {
                foreach (var entry in trailers)
                {
                    AppendHeader(destination, entry);
                }
            }
            catch (InvalidOperationException e)
            {
                // A trailer the server refuses to write must not cost the caller the status.
                Log.HandlerFailed(_logger, _method.FullName, e);
                status = new Status(StatusCode.Internal, "A response trailer has a value that cannot be sent.");
            }
        }
        ResponseStatus.Write(destination, status);
    }

    private void TakeOver(Metadata trailers)
    {
        // A handler may throw with the very trailers of its call.
        if (ReferenceEquals(trailers, _responseTrailers))
        {
            return;
        }
        foreach (var entry in trailers)
        {
            ResponseTrailers.Add(entry);
        }
    }

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new InvalidOperationException("Can't write the message because the request is complete.");
        }
    }

    private string Describe(Exception exception)
    {
        const string Plain = "Exception was thrown by handler.";
        if (!Options.EnableDetailedErrors)
        {
            return Plain;
        }
        var detail = $"{Plain} {exception.GetType().Name}: {exception.Message}";
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            detail += $" {inner.GetType().Name}: {inner.Message}";
        }
        return detail;
    }

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in HttpContext.Request.Headers)
        {
            foreach (var value in values)
            {
                WireMetadata.AddReceived(metadata, name, value ?? "");
            }
        }
        return metadata;
    }

    private static void AppendHeader(IHeaderDictionary headers, Metadata.Entry entry)
    {
        if (!WireNames.IsReserved(entry.Key))
        {
            headers.Append(entry.Key, entry.WireValue);
        }
    }
}
