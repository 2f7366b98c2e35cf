namespace ModelOps.Inference.Models.Execution;

/// <summary>Slabs of one session: as many are kept as runs and unread answers needed lately, up to a bound.</summary>
internal sealed class SlabPool(BatchLayout layout, IExecutable executable) : IDisposable
{
    private const int MostIdle = 16;
    private readonly Lock _lock = new();
    private readonly Stack<BatchSlab> _idle = new(MostIdle);
    private bool _isDisposed;

    public BatchLayout Layout => layout;

    public BatchSlab Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var slab))
            {
                return slab;
            }
        }
        return new BatchSlab(layout, executable, this);
    }

    public void Return(BatchSlab slab)
    {
        lock (_lock)
        {
            if (!_isDisposed && _idle.Count < MostIdle)
            {
                _idle.Push(slab);
                return;
            }
        }
        slab.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            while (_idle.TryPop(out var slab))
            {
                slab.Dispose();
            }
        }
    }
}
