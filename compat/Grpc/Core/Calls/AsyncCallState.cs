namespace Grpc.Core;

/// <summary>What a call's owner can ask of it, whether given as closures or as functions of one state object.</summary>
internal readonly struct AsyncCallState
{
    private readonly object? _state;
    private readonly object _responseHeaders;
    private readonly object _getStatus;
    private readonly object _getTrailers;
    private readonly object _dispose;

    public AsyncCallState(Task<Metadata> responseHeaders, Func<Status> getStatus, Func<Metadata> getTrailers, Action dispose)
    {
        _responseHeaders = responseHeaders;
        _getStatus = getStatus;
        _getTrailers = getTrailers;
        _dispose = dispose;
    }

    public AsyncCallState(
        Func<object, Task<Metadata>> responseHeaders,
        Func<object, Status> getStatus,
        Func<object, Metadata> getTrailers,
        Action<object> dispose,
        object state)
    {
        _responseHeaders = responseHeaders;
        _getStatus = getStatus;
        _getTrailers = getTrailers;
        _dispose = dispose;
        _state = state;
    }

    public Task<Metadata> ResponseHeadersAsync() =>
        _responseHeaders is Task<Metadata> known ? known : ((Func<object, Task<Metadata>>)_responseHeaders)(_state!);

    public Status GetStatus() => _getStatus is Func<Status> closure ? closure() : ((Func<object, Status>)_getStatus)(_state!);

    public Metadata GetTrailers() => _getTrailers is Func<Metadata> closure ? closure() : ((Func<object, Metadata>)_getTrailers)(_state!);

    public void Dispose()
    {
        if (_dispose is Action closure)
        {
            closure();
        }
        else
        {
            ((Action<object>)_dispose)(_state!);
        }
    }
}
