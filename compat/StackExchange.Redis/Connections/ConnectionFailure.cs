using System.Net.Sockets;
using System.Security.Authentication;
using StackExchange.Redis.Protocol;

namespace StackExchange.Redis.Connections;

/// <summary>Why a connection ended.</summary>
internal sealed record ConnectionFailure(ConnectionFailureType Type, string Message, Exception? Cause)
{
    public static ConnectionFailure Of(Exception e) => e switch
    {
        RedisConnectionException known => new(known.FailureType, known.Message, known.InnerException),
        ProtocolException => new(ConnectionFailureType.ProtocolFailure, e.Message, e),
        EndOfStreamException => new(ConnectionFailureType.SocketClosed, e.Message, null),
        AuthenticationException => new(ConnectionFailureType.AuthenticationFailure, e.Message, e),
        OperationCanceledException or TimeoutException => new(ConnectionFailureType.UnableToConnect, "No connection in time", e),
        SocketException or IOException => new(ConnectionFailureType.SocketFailure, e.Message, e),
        _ => new(ConnectionFailureType.InternalFailure, e.Message, e),
    };

    public RedisConnectionException ToException(string what, CommandStatus status) => new(Type, $"{what}: {Type}, {Message}", Cause, status);
}
