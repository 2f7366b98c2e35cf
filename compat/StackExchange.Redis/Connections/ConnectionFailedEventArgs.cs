using System.Net;

namespace StackExchange.Redis;

/// <summary>What happened to a connection.</summary>
public class ConnectionFailedEventArgs : EventArgs
{
    private readonly string _physicalName;

    public ConnectionFailedEventArgs(
        object sender, EndPoint endPoint, ConnectionType connectionType, ConnectionFailureType failureType, Exception exception, string physicalName)
        : this(endPoint, connectionType, failureType, exception, physicalName)
    {
    }

    internal ConnectionFailedEventArgs(
        EndPoint? endPoint, ConnectionType connectionType, ConnectionFailureType failureType, Exception? exception, string physicalName)
    {
        EndPoint = endPoint;
        ConnectionType = connectionType;
        FailureType = failureType;
        Exception = exception;
        _physicalName = physicalName;
    }

    public ConnectionType ConnectionType { get; }

    public EndPoint? EndPoint { get; }

    public Exception? Exception { get; }

    public ConnectionFailureType FailureType { get; }

    public override string ToString() => _physicalName;
}
