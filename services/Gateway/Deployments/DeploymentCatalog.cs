namespace ModelOps.Gateway.Deployments;

/// <summary>The deployments as this process last saw them. Readers take one immutable snapshot, so none sees half a change.</summary>
internal sealed class DeploymentCatalog
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile DeploymentSnapshot? _current;

    /// <summary>The newest snapshot; null until the first was read.</summary>
    public DeploymentSnapshot? Current => _current;

    /// <summary>Takes a snapshot over unless a newer one is known.</summary>
    public void Publish(DeploymentSnapshot snapshot)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_current is { } known && known.Revision >= snapshot.Revision)
            {
                return;
            }
            _current = snapshot;
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        changed.SetResult();
    }

    /// <summary>The first snapshot with a revision above <paramref name="revision"/>.</summary>
    public async Task<DeploymentSnapshot> NewerThanAsync(long revision, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_current is { } known && known.Revision > revision)
                {
                    return known;
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(ct);
        }
    }
}
