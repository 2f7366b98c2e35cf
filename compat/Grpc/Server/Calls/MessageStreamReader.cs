using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The messages a caller streams.</summary>
internal sealed class MessageStreamReader<T>(HttpContextServerCallContext call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private int _reading;

    public T Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!call.IsOpen)
        {
            call.CancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("Can't read messages after the request is complete.");
        }
        if (Interlocked.Exchange(ref _reading, 1) == 1)
        {
            throw new InvalidOperationException("Can't read the next message because the previous read is in progress.");
        }
        try
        {
            var message = await call.ReadNextAsync(marshaller, cancellationToken);
            Current = message!;
            return message is not null;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
