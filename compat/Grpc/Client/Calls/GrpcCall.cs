using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// One call: what does not depend on its message types. It ends once, by whatever comes first: the end of the response, a failure, its
/// deadline, cancellation, its owner or its channel. From then on every part of it reports that end, and its HTTP stream is closed.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Finish, which every call reaches, disposes of what the call owns.")]
internal abstract class GrpcCall
{
    public static readonly Func<object, Task<Metadata>> ResponseHeaders = call => ((GrpcCall)call).GetResponseHeadersAsync();
    public static readonly Func<object, Status> Status = call => ((GrpcCall)call).GetStatus();
    public static readonly Func<object, Metadata> Trailers = call => ((GrpcCall)call).GetTrailers();
    public static readonly Action<object> End = call => ((GrpcCall)call).Cancel("gRPC call disposed.");

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _callerCancels;
    private readonly CancellationTokenRegistration _channelCloses;
    private readonly CancellationToken _callerToken;
    private Timer? _deadlineTimer;
    private HttpResponseMessage? _response;
    private TaskCompletionSource<Metadata>? _headersAwaited;
    private Metadata? _responseHeaders;
    private Metadata? _trailers;
    private HttpResponseHeaders? _unreadTrailers;
    private Status _status;
    private bool _finished;
    private bool _completed;

    protected GrpcCall(GrpcChannel channel, IMethod method, CallOptions options)
    {
        Channel = channel;
        Options = options;
        Address = channel.AddressOf(method);
        StopToken = _stop.Token;
        _callerToken = options.CancellationToken;
        _channelCloses = channel.Closing.UnsafeRegister(static call => ((GrpcCall)call!).Cancel("The channel was disposed."), this);
        _callerCancels = _callerToken.UnsafeRegister(static call => ((GrpcCall)call!).Cancel("Call canceled by the client."), this);
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue && !_finished)
        {
            WatchDeadline(deadline);
        }
    }

    protected GrpcChannel Channel { get; }

    protected CallOptions Options { get; }

    protected MethodAddress Address { get; }

    /// <summary>Fires when the call ends before its response does.</summary>
    protected CancellationToken StopToken { get; }

    /// <summary>Set when the call is finished.</summary>
    protected Status FinalStatus => _status;

    protected bool IsFinished => Volatile.Read(ref _finished);

    /// <summary>Ends the call as cancelled, unless it has ended.</summary>
    public void Cancel(string detail) => Finish(new Status(StatusCode.Cancelled, detail), trailers: null, completed: false);

    /// <summary>The exception that tells how the call ended; ends it with what this exception means when it has not.</summary>
    public Exception Failed(Exception exception)
    {
        if (!IsFinished)
        {
            var (status, trailers) = exception is RpcException rpc ? (rpc.Status, rpc.Trailers) : (ClientFailures.StatusOf(exception), null);
            Finish(status, trailers, completed: false);
        }
        return Ending(exception);
    }

    /// <summary>The exception that tells how the ended call ended.</summary>
    public Exception Ending(Exception? cause = null)
    {
        if (Channel.Options.ThrowOperationCanceledOnCancellation
            && !_completed
            && _status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded)
        {
            return new OperationCanceledException(_status.Detail, cause, _callerToken.IsCancellationRequested ? _callerToken : StopToken);
        }
        var status = _status.DebugException is null && cause is not null and not RpcException
            ? new Status(_status.StatusCode, _status.Detail, cause)
            : _status;
        return new RpcException(status, ReadTrailers());
    }

    /// <summary>Takes the response's headers in; the call may have ended meanwhile.</summary>
    protected void Accept(HttpResponseMessage response)
    {
        TaskCompletionSource<Metadata>? awaited;
        lock (_gate)
        {
            _response = response;
            awaited = _headersAwaited;
        }
        if (IsFinished)
        {
            response.Dispose();
        }
        awaited?.TrySetResult(ResponseMetadata.Read(response.Headers));
    }

    /// <summary>Ends the call. What owns anything of it is told; the HTTP stream is reset unless the response was read to its end.</summary>
    protected bool Finish(Status status, Metadata? trailers, bool completed, HttpResponseHeaders? unreadTrailers = null)
    {
        TaskCompletionSource<Metadata>? awaited;
        HttpResponseMessage? response;
        lock (_gate)
        {
            if (_finished)
            {
                return false;
            }
            _status = status;
            _trailers = trailers;
            _unreadTrailers = unreadTrailers;
            _completed = completed;
            Volatile.Write(ref _finished, true);
            awaited = _headersAwaited;
            response = _response;
        }
        _callerCancels.Unregister();
        _channelCloses.Unregister();
        _deadlineTimer?.Dispose();
        if (!completed)
        {
            _stop.Cancel();
        }
        response?.Dispose();
        OnFinished();
        awaited?.TrySetException(Ending());
        return true;
    }

    /// <summary>Lets go of what only the typed part of the call knows.</summary>
    protected virtual void OnFinished()
    {
        // A call without a request stream has nothing to let go of.
    }

    private Task<Metadata> GetResponseHeadersAsync()
    {
        lock (_gate)
        {
            if (_responseHeaders is not null)
            {
                return Task.FromResult(_responseHeaders);
            }
            if (_response is not null)
            {
                return Task.FromResult(_responseHeaders = ResponseMetadata.Read(_response.Headers));
            }
            if (_finished)
            {
                return Task.FromException<Metadata>(Ending());
            }
            if (_headersAwaited is null)
            {
                _headersAwaited = new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously);
                Observed.Quietly(_headersAwaited.Task);
            }
            return _headersAwaited.Task;
        }
    }

    private Status GetStatus() =>
        IsFinished ? _status : throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    private Metadata GetTrailers() =>
        IsFinished
            ? ReadTrailers()
            : throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");

    private Metadata ReadTrailers() => _trailers ??= _unreadTrailers is null ? [] : ResponseMetadata.Read(_unreadTrailers);

    private void WatchDeadline(DateTime deadline)
    {
        var remaining = Remaining(deadline);
        if (remaining <= TimeSpan.Zero)
        {
            Finish(new Status(StatusCode.DeadlineExceeded, ""), trailers: null, completed: false);
            return;
        }
        _deadlineTimer = new Timer(static state => ((GrpcCall)state!).DeadlineReached(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(remaining);
    }

    private void DeadlineReached()
    {
        var remaining = Remaining(Options.Deadline!.Value);
        if (remaining > TimeSpan.Zero && !IsFinished)
        {
            Arm(remaining);
            return;
        }
        Finish(new Status(StatusCode.DeadlineExceeded, ""), trailers: null, completed: false);
    }

    private void Arm(TimeSpan remaining)
    {
        try
        {
            // Rounded up to the timer's millisecond, so that it does not fire early and spin.
            var due = remaining + TimeSpan.FromMilliseconds(1);
            _deadlineTimer!.Change(due < WireTimeout.LongestTimer ? due : WireTimeout.LongestTimer, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException) when (IsFinished)
        {
            return;
        }
    }

    protected static TimeSpan Remaining(DateTime deadline) => deadline.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
}
