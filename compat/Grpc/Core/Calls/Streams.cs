namespace Grpc.Core;

/// <summary>A stream of messages to read; one read at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message read last.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false when the stream has ended.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>A stream of messages to write; one write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    WriteOptions? WriteOptions { get; set; }

    Task WriteAsync(T message);

    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            throw new NotSupportedException("Cancellation of stream writes is not supported by this gRPC implementation.");
        }
#pragma warning disable MA0040 // this is the overload with a token, for a token that never fires
        return WriteAsync(message);
#pragma warning restore MA0040
    }
}

/// <summary>The client's side of a stream it writes.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Tells the server that no more messages will come.</summary>
    Task CompleteAsync();
}

/// <summary>The server's side of a stream it writes; ends when the handler returns.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
