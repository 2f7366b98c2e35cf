using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The messages a service streams.</summary>
internal sealed class MessageStreamWriter<T>(HttpContextServerCallContext call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private int _writing;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (!call.IsOpen)
        {
            throw new InvalidOperationException("Can't write the message because the request is complete.");
        }
        if (Interlocked.Exchange(ref _writing, 1) == 1)
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }
        try
        {
            call.Write(message, marshaller, WriteOptions);
            if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) is not true)
            {
                await call.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }
}
