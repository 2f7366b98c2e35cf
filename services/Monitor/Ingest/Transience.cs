using System.Net.Sockets;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace ModelOps.Monitor.Ingest;

/// <summary>Tells trouble that passes from a batch that will never be stored.</summary>
internal static class Transience
{
    /// <summary>The broker, or the way to it.</summary>
    public static bool IsBroker(Exception e) => e is RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException;

    /// <summary>The database refuses the data themselves: data exceptions, violated constraints, program limits.</summary>
    public static bool IsData(Exception e) => e is PostgresException { SqlState: { Length: 5 } state } && state[..2] is "22" or "23" or "54";

    /// <summary>The database, or the way to it; also one that is not ready.</summary>
    public static bool IsDatabase(Exception e) => (e is NpgsqlException or TimeoutException or IOException) && !IsData(e);
}
