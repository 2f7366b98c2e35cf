using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis.Connections;

namespace StackExchange.Redis;

/// <summary>
/// One connection that everybody shares. Commands of all callers are pipelined; when the connection breaks it is tried again forever.
/// </summary>
public sealed partial class ConnectionMultiplexer : IConnectionMultiplexer
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);
    private readonly ConfigurationOptions _options;
    private readonly Bridge _bridge;
    private readonly ILogger _logger;

    private ConnectionMultiplexer(ConfigurationOptions configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.EndPoints.Count == 0)
        {
            throw new ArgumentException("No endpoints specified", nameof(configuration));
        }
        _options = configuration.Clone();
        _logger = (ILogger?)_options.LoggerFactory?.CreateLogger<ConnectionMultiplexer>() ?? NullLogger.Instance;
        ClientName = (_options.ClientName ?? Environment.MachineName).Replace(' ', '-');
        Scripts = new();
        _bridge = new(_options, ClientName, new(OnFailed, OnRestored));
    }

    public event EventHandler<ConnectionFailedEventArgs>? ConnectionFailed;

    public event EventHandler<ConnectionFailedEventArgs>? ConnectionRestored;

    public string ClientName { get; }

    public string Configuration => _options.ToString(includePassword: false);

    public bool IsConnected => _bridge.IsConnected;

    public bool IsConnecting => !_bridge.IsConnected;

    public int TimeoutMilliseconds => _options.SyncTimeout;

    internal int AsyncTimeoutMilliseconds => _options.AsyncTimeout;

    internal Scripts Scripts { get; }

    /// <summary>Connects.</summary>
    /// <param name="configuration">Where the server is: <c>host:port,option=value,...</c>.</param>
    /// <param name="log">Gets a line about the result.</param>
    /// <exception cref="RedisConnectionException">There is no connection, and <c>abortConnect</c> is true.</exception>
    public static ConnectionMultiplexer Connect(string configuration, TextWriter? log = null) =>
        Connect(ConfigurationOptions.Parse(configuration), log);

    /// <inheritdoc cref="Connect(string, TextWriter?)"/>
    public static ConnectionMultiplexer Connect(string configuration, Action<ConfigurationOptions> configure, TextWriter? log = null) =>
        Connect(ConfigurationOptions.Parse(configuration).Apply(configure), log);

    /// <inheritdoc cref="Connect(string, TextWriter?)"/>
    public static ConnectionMultiplexer Connect(ConfigurationOptions configuration, TextWriter? log = null) =>
        Task.Run(() => ConnectAsync(configuration, log)).GetAwaiter().GetResult();

    /// <inheritdoc cref="Connect(string, TextWriter?)"/>
    public static Task<ConnectionMultiplexer> ConnectAsync(string configuration, TextWriter? log = null) =>
        ConnectAsync(ConfigurationOptions.Parse(configuration), log);

    /// <inheritdoc cref="Connect(string, TextWriter?)"/>
    public static Task<ConnectionMultiplexer> ConnectAsync(string configuration, Action<ConfigurationOptions> configure, TextWriter? log = null) =>
        ConnectAsync(ConfigurationOptions.Parse(configuration).Apply(configure), log);

    /// <inheritdoc cref="Connect(string, TextWriter?)"/>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration, TextWriter? log = null)
    {
        var multiplexer = new ConnectionMultiplexer(configuration);
        var failure = await multiplexer._bridge.FirstAttempts.ConfigureAwait(false);
        if (log is not null)
        {
            await log.WriteLineAsync(failure is null ? "Connected" : $"Not connected: {failure.Message}").ConfigureAwait(false);
        }
        if (failure is not null && configuration.AbortOnConnectFail)
        {
            await multiplexer.DisposeAsync().ConfigureAwait(false);
            throw Errors.UnableToConnect(failure);
        }
        return multiplexer;
    }

    public IDatabase GetDatabase(int db = -1, object? asyncState = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(db, -1);
        return new RedisDatabase(this, db == -1 ? _options.DefaultDatabase ?? 0 : db);
    }

    public EndPoint[] GetEndPoints(bool configuredOnly = false) => _bridge.EndPoints;

    public void Close(bool allowCommandsToComplete = true) => Task.Run(() => CloseAsync(allowCommandsToComplete)).GetAwaiter().GetResult();

    public async Task CloseAsync(bool allowCommandsToComplete = true)
    {
        if (allowCommandsToComplete)
        {
            await Task.WhenAny(_bridge.DrainAsync(), Task.Delay(ClosePatience)).ConfigureAwait(false);
        }
        await _bridge.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => Close();

    public ValueTask DisposeAsync() => new(CloseAsync());

    public override string ToString() => ClientName;

    internal void Send(Command command) => _bridge.Send(command);

    private void OnFailed(EndPoint endPoint, ConnectionFailure failure)
    {
        Log.ConnectionFailed(_logger, EndPointCollection.ToString(endPoint), failure.Type, failure.Message);
        Raise(ConnectionFailed, new(endPoint, ConnectionType.Interactive, failure.Type, failure.Cause, EndPointCollection.ToString(endPoint)));
    }

    private void OnRestored(EndPoint endPoint)
    {
        Log.ConnectionRestored(_logger, EndPointCollection.ToString(endPoint));
        Raise(ConnectionRestored, new(endPoint, ConnectionType.Interactive, ConnectionFailureType.None, null, EndPointCollection.ToString(endPoint)));
    }

    // A subscriber must not hold up reconnecting, and its errors are its own.
    private void Raise(EventHandler<ConnectionFailedEventArgs>? handler, ConnectionFailedEventArgs args)
    {
        if (handler is not null)
        {
            ThreadPool.QueueUserWorkItem(_ =>
            {
                try
                {
                    handler(this, args);
                }
                catch (Exception e)
                {
                    Log.HandlerFailed(_logger, e);
                }
            });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No connection to Redis at {EndPoint}: {FailureType}, {Reason}")]
        public static partial void ConnectionFailed(ILogger logger, string endPoint, ConnectionFailureType failureType, string reason);

        [LoggerMessage(2, LogLevel.Information, "Connected to Redis at {EndPoint} again")]
        public static partial void ConnectionRestored(ILogger logger, string endPoint);

        [LoggerMessage(3, LogLevel.Warning, "A handler of connection events failed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
