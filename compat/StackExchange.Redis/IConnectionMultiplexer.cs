using System.Net;

namespace StackExchange.Redis;

/// <summary>One connection that everybody shares.</summary>
public interface IConnectionMultiplexer : IDisposable, IAsyncDisposable
{
    /// <summary>A connection broke, or an attempt to connect failed.</summary>
    event EventHandler<ConnectionFailedEventArgs> ConnectionFailed;

    /// <summary>There is a connection again.</summary>
    event EventHandler<ConnectionFailedEventArgs> ConnectionRestored;

    string ClientName { get; }

    /// <summary>The configuration string, without the password.</summary>
    string Configuration { get; }

    bool IsConnected { get; }

    bool IsConnecting { get; }

    /// <summary>How long a blocking command may take.</summary>
    int TimeoutMilliseconds { get; }

    /// <summary>Ends the connection.</summary>
    /// <param name="allowCommandsToComplete">Whether commands that were sent are waited for.</param>
    void Close(bool allowCommandsToComplete = true);

    /// <inheritdoc cref="Close"/>
    Task CloseAsync(bool allowCommandsToComplete = true);

    /// <summary>A view on a database; it costs nothing.</summary>
    /// <param name="db">Its number; the configured one unless said.</param>
    /// <param name="asyncState">Not used.</param>
    IDatabase GetDatabase(int db = -1, object? asyncState = null);

    EndPoint[] GetEndPoints(bool configuredOnly = false);

    string ToString();
}
