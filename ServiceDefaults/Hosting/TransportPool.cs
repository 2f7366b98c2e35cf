using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>
/// What connections receive into and send from: blocks of 32 KiB, since Kestrel makes one call of the system for each block and its own
/// have 4. What it keeps for each request stays in blocks of 4, so that many small requests hold no more memory than before.
/// </summary>
internal sealed class TransportPool() : BlockPool(TransportBytes)
{
    private const int TransportBytes = 32 << 10;
    private const int RequestBytes = 4 << 10;
    private readonly BlockPool _requests = new(RequestBytes);

    /// <summary>Gives the requests of a connection the smaller blocks.</summary>
    public static ConnectionDelegate Divide(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<IMemoryPoolFeature>() is { MemoryPool: TransportPool pool })
        {
            connection.Features.Set<IMemoryPoolFeature>(new RequestMemory(pool._requests));
        }
        return next(connection);
    };

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _requests.Dispose();
    }

    /// <summary>Makes one for each of Kestrel's queues.</summary>
    public sealed class Factory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new TransportPool();
    }

    private sealed record RequestMemory(MemoryPool<byte> MemoryPool) : IMemoryPoolFeature;
}
