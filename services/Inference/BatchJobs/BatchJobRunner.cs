using Microsoft.Extensions.Options;
using ModelOps.Batch.Runs;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Takes jobs that no replica works on, a bounded number at a time, and does them.</summary>
internal sealed class BatchJobRunner(
    BatchJobStore store, BatchJobWork work, ModelCatalog catalog, IOptions<BatchOptions> options, ILogger<BatchJobRunner> logger) : BackgroundService
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly List<Task> _running = [];

    /// <summary>Looks for jobs now.</summary>
    public void Wake() => _wake.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Root is null)
        {
            return;
        }
        while (!stoppingToken.IsCancellationRequested)
        {
            _running.RemoveAll(task => task.IsCompleted);
            TakeJobs(stoppingToken);
            try
            {
                await _wake.WaitAsync(options.Value.ScanInterval, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await Task.WhenAll(_running);
    }

    private void TakeJobs(CancellationToken ct)
    {
        // A replica that does not hold yet what it should would fail jobs that it can do in a moment.
        if (!catalog.Now.IsComplete)
        {
            return;
        }
        try
        {
            Directory.CreateDirectory(store.Root!);
            foreach (var job in store.List().Where(job => !job.IsOver).Reverse())
            {
                if (_running.Count >= options.Value.MaxRunningJobs)
                {
                    return;
                }
                if (store.TryTake(job.Id) is { } held)
                {
                    _running.Add(Task.Run(() => RunAsync(job.Id, held, ct), CancellationToken.None));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.FolderUnusable(logger, e.Message);
        }
    }

    private async Task RunAsync(string id, FolderLock held, CancellationToken ct)
    {
        using (held)
        {
            await work.DoAsync(id, ct);
        }
        Wake();
    }
}
