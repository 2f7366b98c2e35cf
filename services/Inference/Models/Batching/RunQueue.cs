namespace ModelOps.Inference.Models.Batching;

/// <summary>
/// Requests that wait for their run: by priority, and within a priority in the order they came. Not safe for several threads;
/// the scheduler has the lock.
/// </summary>
internal sealed class RunQueue(BatchRules rules)
{
    private readonly Queue<QueuedRun>[] _levels = [.. Enumerable.Range(0, Math.Max(1, rules.Levels)).Select(_ => new Queue<QueuedRun>())];

    /// <summary>Requests that waited too long and run when nothing else waits.</summary>
    private readonly Queue<QueuedRun> _late = new();

    /// <summary>Requests that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Rows that wait, those that are late not counted.</summary>
    public int Rows { get; private set; }

    /// <summary>When the first of the waiting requests gives up; <see cref="long.MaxValue"/>: none does.</summary>
    public long NextExpiry { get; private set; } = long.MaxValue;

    public void Add(QueuedRun run) => Enqueue(_levels[run.Level], run);

    /// <summary>How long the oldest request has waited; 0 when none waits.</summary>
    public long Waited(long now)
    {
        var oldest = now;
        foreach (var level in _levels)
        {
            oldest = level.TryPeek(out var first) ? Math.Min(oldest, first.QueuedAt) : oldest;
        }
        return now - oldest;
    }

    /// <summary>Takes a batch: requests of one shape, the most urgent first, as many rows as go.</summary>
    /// <param name="batch">Where they go; empty.</param>
    /// <param name="rows">Most rows; a request that has more goes alone.</param>
    /// <param name="now">The time.</param>
    /// <param name="gone">Where those go that nobody waits for any more, or that waited too long.</param>
    public void Take(List<QueuedRun> batch, int rows, long now, List<QueuedRun> gone)
    {
        var taken = 0;
        foreach (var level in _levels)
        {
            while (level.TryPeek(out var next))
            {
                if (next.Cancellation.IsCancellationRequested || next.ExpiresAt <= now)
                {
                    PutAside(Remove(level), gone);
                }
                else if (batch.Count == 0 || (taken + Weight(next) <= rows && MayMix(batch[0], next)))
                {
                    taken += Weight(next);
                    batch.Add(Remove(level));
                }
                else
                {
                    return; // in order: what does not fit is not overtaken
                }
            }
        }
        while (_late.TryPeek(out var late) && (batch.Count == 0 || (taken + Weight(late) <= rows && MayMix(batch[0], late))))
        {
            _late.Dequeue();
            Count--;
            taken += Weight(late);
            (late.Cancellation.IsCancellationRequested ? gone : batch).Add(late);
        }
    }

    /// <summary>Takes out whom nobody waits for any more, and who waited too long.</summary>
    /// <param name="now">The time.</param>
    /// <param name="gone">Where they go.</param>
    public void Sweep(long now, List<QueuedRun> gone)
    {
        NextExpiry = long.MaxValue;
        foreach (var level in _levels)
        {
            for (var left = level.Count; left > 0; left--)
            {
                var run = Remove(level);
                if (run.Cancellation.IsCancellationRequested || run.ExpiresAt <= now)
                {
                    PutAside(run, gone);
                }
                else
                {
                    Enqueue(level, run);
                }
            }
        }
        for (var left = _late.Count; left > 0; left--)
        {
            var run = _late.Dequeue();
            if (run.Cancellation.IsCancellationRequested)
            {
                Count--;
                gone.Add(run);
            }
            else
            {
                _late.Enqueue(run);
            }
        }
    }

    private void PutAside(QueuedRun run, List<QueuedRun> gone)
    {
        if (rules.DelaysExpired && !run.Cancellation.IsCancellationRequested)
        {
            _late.Enqueue(run);
            Count++;
        }
        else
        {
            gone.Add(run);
        }
    }

    private void Enqueue(Queue<QueuedRun> level, QueuedRun run)
    {
        level.Enqueue(run);
        Count++;
        Rows += Weight(run);
        NextExpiry = Math.Min(NextExpiry, run.ExpiresAt);
    }

    private QueuedRun Remove(Queue<QueuedRun> level)
    {
        var run = level.Dequeue();
        Count--;
        Rows -= Weight(run);
        return run;
    }

    private int Weight(QueuedRun run) => rules.MaxRows == 0 || run.Rows == 0 ? 1 : run.Rows;

    /// <summary>Whether two requests may be in one run: both have rows, and the rows have one shape.</summary>
    private bool MayMix(QueuedRun one, QueuedRun other)
    {
        if (rules.MaxRows == 0 || one.Rows == 0 || other.Rows == 0)
        {
            return false;
        }
        for (var i = 0; i < one.Inputs.Inputs.Length; i++)
        {
            if (!one.Inputs.Inputs[i].Shape.AsSpan(1).SequenceEqual(other.Inputs.Inputs[i].Shape.AsSpan(1)))
            {
                return false;
            }
        }
        return true;
    }
}
