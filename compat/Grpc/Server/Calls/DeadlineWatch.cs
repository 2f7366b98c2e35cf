using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Waits for the deadline of one call. Its token is made only when someone asks for it.</summary>
internal sealed class DeadlineWatch : IAsyncDisposable
{
    private readonly HttpContextServerCallContext _call;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private CancellationTokenSource? _source;
    private bool _expired;
    private bool _disposed;

    public DeadlineWatch(TimeSpan timeout, HttpContextServerCallContext call)
    {
        _call = call;
        var now = TimeProvider.System.GetUtcNow();
        Deadline = timeout < DateTimeOffset.MaxValue - now ? (now + timeout).UtcDateTime : DateTime.MaxValue;
        _timer = TimeProvider.System.CreateTimer(
            static watch => ((DeadlineWatch)watch!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wait(timeout);
    }

    public DateTime Deadline { get; }

    /// <summary>Fires with the deadline, or when the caller goes away.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_gate)
            {
                if (_source is null)
                {
                    _source = CancellationTokenSource.CreateLinkedTokenSource(_call.HttpContext.RequestAborted);
                    if (_expired)
                    {
                        _source.Cancel();
                    }
                }
                return _source.Token;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        lock (_gate)
        {
            _disposed = true;
            _source?.Dispose();
        }
    }

    private void Wait(TimeSpan remaining) =>
        _timer.Change(remaining < WireTimeout.LongestTimer ? remaining : WireTimeout.LongestTimer, Timeout.InfiniteTimeSpan);

    private void Fire()
    {
        var remaining = Deadline - TimeProvider.System.GetUtcNow().UtcDateTime;
        if (remaining > TimeSpan.FromMilliseconds(1))
        {
            // Either longer than a timer can wait, or woken a little early.
            lock (_gate)
            {
                if (!_disposed)
                {
                    Wait(remaining);
                }
            }
            return;
        }
        _call.EndByDeadline();
        CancellationTokenSource? source;
        lock (_gate)
        {
            _expired = true;
            source = _disposed ? null : _source;
        }
        try
        {
            source?.Cancel();
        }
        catch (AggregateException e)
        {
            // Callbacks of the service's own; on this timer thread nobody else would see them.
            _call.CallbackFailed(e);
        }
    }
}
