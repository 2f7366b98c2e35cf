using System.Net;
using System.Threading.Channels;

namespace StackExchange.Redis.Connections;

/// <summary>
/// Keeps one connection standing: connects, sends what waits, and connects again when it breaks, with pauses that grow. A command that was sent
/// when the connection broke fails; it is never sent twice.
/// </summary>
internal sealed class Bridge : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UsualKeepAlive = TimeSpan.FromSeconds(60);
    private readonly ConfigurationOptions _options;
    private readonly List<EndPoint> _endPoints;
    private readonly string _clientName;
    private readonly BridgeEvents _events;
    private readonly Backlog _backlog = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource<ConnectionFailure?> _firstAttempts = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private readonly Task _beating;
    private volatile PhysicalConnection? _connection;
    private volatile ConnectionFailure? _lastFailure;

    public Bridge(ConfigurationOptions options, string clientName, BridgeEvents events)
    {
        _options = options;
        _endPoints = options.EndPoints.WithPorts(options.Ssl);
        _clientName = clientName;
        _events = events;
        _running = Task.Run(RunAsync, CancellationToken.None);
        _beating = Task.Run(BeatAsync, CancellationToken.None);
    }

    public bool IsConnected => _connection is not null;

    public EndPoint[] EndPoints => [.. _endPoints];

    /// <summary>The first attempts are over: null when there is a connection, otherwise why not.</summary>
    public Task<ConnectionFailure?> FirstAttempts => _firstAttempts.Task;

    /// <summary>Queues a command; it completes or fails in any case.</summary>
    public void Send(Command command)
    {
        var connection = _connection;
        var limit = connection is null ? Backlog.MaxWhileDisconnected : Backlog.MaxPending - connection.SentCount;
        if (connection is null)
        {
            command.Status = CommandStatus.WaitingInBacklog;
        }
        if (_closing.IsCancellationRequested)
        {
            command.Fail(Errors.Closed(command));
        }
        else if (connection is null && !_options.BacklogPolicy.QueueWhileDisconnected)
        {
            command.Fail(Errors.NoConnection(command, _lastFailure));
        }
        else if (!_backlog.TryAdd(command, limit))
        {
            command.Fail(Errors.TooMany(command, _backlog.Count, _lastFailure));
        }
        else if (_closing.IsCancellationRequested)
        {
            // It may have come in after the last one was failed.
            FailBacklog(Errors.Closed);
        }
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Waits until what was queued is answered or has failed.</summary>
    public async Task DrainAsync()
    {
        while ((_connection is { SentCount: > 0 } || (IsConnected && _backlog.Count > 0)) && !_closing.IsCancellationRequested)
        {
            await NextBeatAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        await _beating;
        FailBacklog(Errors.Closed);
    }

    private async Task RunAsync()
    {
        for (var attempt = 0L; !_closing.IsCancellationRequested; attempt++)
        {
            var started = Environment.TickCount64;
            if (await TryConnectAsync(_endPoints[(int)(attempt % _endPoints.Count)]) is { } connection)
            {
                attempt = -1;
                await UseAsync(connection);
                continue;
            }
            if (attempt + 1 >= _options.ConnectRetry || !_options.AbortOnConnectFail)
            {
                _firstAttempts.TrySetResult(_lastFailure);
            }
            await PauseAsync(attempt, started);
        }
        _firstAttempts.TrySetResult(new(ConnectionFailureType.ConnectionDisposed, "the multiplexer was closed", null));
    }

    private async Task<PhysicalConnection?> TryConnectAsync(EndPoint endPoint)
    {
        try
        {
            return await Handshake.ConnectAsync(_options, endPoint, _clientName, _closing.Token);
        }
        catch (Exception) when (_closing.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            Report(endPoint, ConnectionFailure.Of(e));
            return null;
        }
    }

    private async Task UseAsync(PhysicalConnection connection)
    {
        _connection = connection;
        _firstAttempts.TrySetResult(null);
        if (_lastFailure is not null)
        {
            _events.Restored(connection.EndPoint);
        }
        var writing = WriteAsync(connection);
        await using (_closing.Token.Register(() => connection.Fail(new(ConnectionFailureType.ConnectionDisposed, "the multiplexer was closed", null))))
        {
            var failure = await connection.Ended;
            _connection = null;
            _wake.Writer.TryWrite(true);
            await writing;
            await connection.DisposeAsync();
            if (!_closing.IsCancellationRequested)
            {
                Report(connection.EndPoint, failure);
                if (_options.BacklogPolicy.AbortPendingOnConnectionFailure)
                {
                    FailBacklog(command => Errors.NoConnection(command, failure));
                }
            }
        }
    }

    private void Report(EndPoint endPoint, ConnectionFailure failure)
    {
        _lastFailure = failure;
        _events.Failed(endPoint, failure);
    }

    private async Task PauseAsync(long attempt, long started)
    {
        while (!_closing.IsCancellationRequested
            && !_options.ReconnectRetryPolicy.ShouldRetry(attempt, (int)Math.Min(int.MaxValue, Environment.TickCount64 - started)))
        {
            await NextBeatAsync();
        }
    }

    /// <summary>The only one that writes to the connection.</summary>
    private async Task WriteAsync(PhysicalConnection connection)
    {
        while (!connection.Ended.IsCompleted)
        {
            if (_backlog.Take() is { } command)
            {
                await WriteAsync(connection, command);
                continue;
            }
            await connection.FlushAsync();
            if (_backlog.Count == 0)
            {
                await WokenAsync();
            }
        }
    }

    private static async ValueTask WriteAsync(PhysicalConnection connection, Command command)
    {
        if (command.Database >= 0 && command.Database != connection.Database)
        {
            // Waited for: were it refused, the command behind it would run on the wrong database.
            var select = new Command(-1, "SELECT", [command.Database], int.MaxValue);
            await connection.WriteAsync(select);
            await connection.FlushAsync();
            try
            {
                if ((await select.Reply) is { Type: ResultType.Error } refusal)
                {
                    command.Fail(new RedisServerException(refusal.Error));
                    return;
                }
            }
            catch (RedisConnectionException e)
            {
                command.Fail(e);
                return;
            }
            connection.Database = command.Database;
        }
        await connection.WriteAsync(command);
    }

    private async Task BeatAsync()
    {
        var keepAlive = _options.KeepAlive > 0 ? TimeSpan.FromSeconds(_options.KeepAlive) : UsualKeepAlive;
        var stalled = Math.Max(Math.Max(_options.AsyncTimeout, _options.SyncTimeout) * 4L, 2_000);
        var asked = 0L;
        while (!_closing.IsCancellationRequested)
        {
            await NextBeatAsync();
            var connection = _connection;
            foreach (var command in _backlog.Remove(command => command.IsDone || command.Age >= command.Timeout))
            {
                command.Fail(Errors.BacklogTimeout(command, _backlog.Count, connection?.SentCount ?? 0, connection is null ? _lastFailure : null));
            }
            connection?.Expire(command => Errors.Timeout(command, _backlog.Count, connection.SentCount));
            if (connection is { SentCount: > 0 } && connection.Silence > stalled + keepAlive.TotalMilliseconds)
            {
                connection.Fail(new(ConnectionFailureType.SocketFailure, "the server did not answer for too long", null));
            }
            else if (connection is { SentCount: 0 } && connection.Silence > keepAlive.TotalMilliseconds && Environment.TickCount64 - asked > keepAlive.TotalMilliseconds)
            {
                asked = Environment.TickCount64;
                Send(new Command(-1, "PING", [], _options.AsyncTimeout));
            }
        }
    }

    private async Task NextBeatAsync() =>
        await Task.Delay(Beat, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task WokenAsync() =>
        await ((Task)_wake.Reader.ReadAsync(_closing.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void FailBacklog(Func<Command, Exception> reason)
    {
        foreach (var command in _backlog.Remove(_ => true))
        {
            command.Fail(reason(command));
        }
    }
}
