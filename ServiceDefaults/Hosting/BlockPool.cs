using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace ModelOps.ServiceDefaults.Hosting;

/// <summary>Memory in pinned blocks of one size. Those that nobody uses are kept, up to a bound.</summary>
/// <param name="blockBytes">Size of a block, and the most that can be rented at once.</param>
internal class BlockPool(int blockBytes) : MemoryPool<byte>
{
    /// <summary>Bytes of blocks that are kept.</summary>
    public const int MostKept = 16 << 20;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _kept;

    public override int MaxBufferSize => blockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockBytes);
        if (!_free.TryDequeue(out var block))
        {
            return new Block(this, blockBytes);
        }
        Interlocked.Add(ref _kept, -blockBytes);
        return block;
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(Block block)
    {
        if (Interlocked.Add(ref _kept, blockBytes) <= MostKept)
        {
            _free.Enqueue(block);
        }
        else
        {
            Interlocked.Add(ref _kept, -blockBytes);
        }
    }

    private sealed class Block(BlockPool pool, int bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(bytes, pinned: true), 0, bytes);

        public void Dispose() => pool.Return(this);
    }
}
