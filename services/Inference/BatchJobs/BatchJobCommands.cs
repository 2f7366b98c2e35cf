using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.BatchJobs;

/// <summary>What callers do with jobs.</summary>
internal sealed class BatchJobCommands(BatchJobStore store, BatchSpecs specs, BatchJobRunner runner, BatchJobWork work, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _submitting = new(1);

    public void Dispose() => _submitting.Dispose();

    /// <summary>Takes a job in. The replica that does it may be another one.</summary>
    public async Task<Outcome<BatchJob>> SubmitAsync(BatchJobRequest request, string caller, CancellationToken ct)
    {
        var checkedSpec = specs.Of(request);
        if (checkedSpec.Value is not { } spec)
        {
            return checkedSpec.Refusal!;
        }
        if (!File.Exists(spec.Input))
        {
            return new Refusal(RefusalKind.NotFound, $"there is no file '{request.Input}'", "input");
        }
        if (!request.Overwrite && File.Exists(spec.Output))
        {
            return new Refusal(RefusalKind.AlreadyExists, $"'{request.Output}' exists; ask to overwrite it", "output");
        }
        await _submitting.WaitAsync(ct);
        try
        {
            var open = store.List().Where(job => !job.IsOver).ToArray();
            if (Array.Find(open, job => job.Request.Output == request.Output) is { } other)
            {
                return new Refusal(RefusalKind.AlreadyExists, $"job {other.Id} writes '{request.Output}' already", "output");
            }
            if (open.Length >= store.MaxJobs)
            {
                return new Refusal(RefusalKind.ResourceExhausted, $"{open.Length} jobs are waiting or running already");
            }
            var now = clock.GetUtcNow();
            var job = new BatchJob($"{Guid.CreateVersion7(now):N}", request, caller, now);
            await store.WriteAsync(job, ct);
            store.Forget();
            runner.Wake();
            return job;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal(RefusalKind.Unavailable, $"the folder of batch jobs cannot be written: {e.Message}");
        }
        finally
        {
            _submitting.Release();
        }
    }

    /// <summary>Every job that is known, newest first.</summary>
    public Outcome<BatchJobList> List() => store.Root is null ? BatchSpecs.NoDirectory : new BatchJobList(store.List());

    public Outcome<BatchJob> Get(string id) =>
        store.Root is null ? BatchSpecs.NoDirectory
        : store.Find(id) is { } job ? job
        : Refusal.NotFound($"no batch job '{id}'");

    /// <summary>Stops a job and removes what it has done. Where another replica works on it, that does so within its progress interval.</summary>
    public async Task<Outcome<BatchJob>> CancelAsync(string id, CancellationToken ct)
    {
        var found = Get(id);
        if (found.Value is not { IsOver: false } job)
        {
            return found.Succeeded ? new Refusal(RefusalKind.FailedPrecondition, $"the job is over: {found.Value.State}") : found;
        }
        store.RequestCancel(job.Id);
        using var held = store.TryTake(job.Id);
        return held is null ? job : await work.CancelAsync(job.Id, ct);
    }
}
