using Microsoft.Extensions.Options;
using ModelOps.Batch;
using ModelOps.Batch.Runs;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Does a job whose lock is held, and keeps its record up to date while it does.</summary>
internal sealed class BatchJobWork(
    BatchJobStore store, BatchSpecs specs, LocalPredictor predictor, IOptions<BatchOptions> options, TimeProvider clock, ILogger<BatchJobWork> logger)
{
    /// <summary>Does a job, or goes on with it.</summary>
    /// <param name="id">The job.</param>
    /// <param name="ct">The replica stops; the job stays as it is, for whoever takes it next.</param>
    public async Task DoAsync(string id, CancellationToken ct)
    {
        try
        {
            if (store.IsCancelRequested(id))
            {
                await CancelAsync(id, ct);
            }
            else if (store.Find(id) is { IsOver: false } job)
            {
                await RunAsync(job, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.FolderUnusable(logger, e.Message);
        }
        catch (Exception e)
        {
            Log.Broke(logger, e, id);
            await EndAsync(store.Find(id)!, BatchJobState.Failed, "the job broke; the log of the replica says why");
        }
    }

    /// <summary>Ends a job that nobody works on, and removes what it has done.</summary>
    public async Task<Outcome<BatchJob>> CancelAsync(string id, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (store.Find(id) is not { } job)
        {
            return Refusal.NotFound($"no batch job '{id}'");
        }
        if (!job.IsOver)
        {
            if (specs.Of(job.Request).Value is { } spec)
            {
                BatchRun.Discard(spec);
            }
            job = await EndAsync(job, BatchJobState.Cancelled, error: "");
        }
        return job;
    }

    private async Task RunAsync(BatchJob job, CancellationToken ct)
    {
        var found = specs.Of(job.Request);
        if (found.Value is not { } spec)
        {
            await EndAsync(job, BatchJobState.Failed, found.Refusal!.Detail);
            return;
        }
        if (job.StartTime is null)
        {
            // Left by a replica that died when another job with this output was done.
            BatchRun.Discard(spec, onlyFinished: true);
        }
        var begun = clock.GetTimestamp();
        job = job with { State = BatchJobState.Running, StartTime = job.StartTime ?? clock.GetUtcNow() };
        await store.WriteAsync(job, ct);
        Log.Started(logger, job.Id);
        var run = new BatchRun(spec, predictor, clock, RetryPolicy.Default) { KeepFinished = true };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = run.RunAsync(stop.Token);
        while (await Task.WhenAny(running, Task.Delay(options.Value.ProgressInterval, clock, CancellationToken.None)) != running)
        {
            if (store.IsCancelRequested(job.Id))
            {
                await stop.CancelAsync();
            }
            await NoteAsync(Now(job, run.Progress, begun));
        }
        try
        {
            await EndAsync(Now(job, run.Progress, begun), spec, await running);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await CancelAsync(job.Id, CancellationToken.None);
        }
    }

    private BatchJob Now(BatchJob job, BatchProgress progress, long begun)
    {
        var seconds = clock.GetElapsedTime(begun).TotalSeconds;
        return job with
        {
            ModelVersion = progress.ModelVersion > 0 ? progress.ModelVersion : job.ModelVersion,
            Rows = progress.Rows,
            Rejected = progress.Rejected,
            Bytes = progress.Bytes,
            BytesTotal = progress.BytesTotal,
            RowsPerSecond = seconds > 0 ? Math.Round((progress.Rows + progress.Rejected - progress.ResumedRows) / seconds, 1) : 0,
        };
    }

    /// <summary>How far a job is may be lost; that it is done may not.</summary>
    private async Task NoteAsync(BatchJob job)
    {
        try
        {
            await store.WriteAsync(job, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.FolderUnusable(logger, e.Message);
        }
    }

    private async Task EndAsync(BatchJob job, BatchSpec spec, Outcome<BatchSummary> outcome)
    {
        if (outcome.Value is not { } summary)
        {
            Log.Failed(logger, job.Id, outcome.Refusal!.Detail);
            await EndAsync(job, BatchJobState.Failed, outcome.Refusal.Detail.Replace(Path.GetFullPath(store.Root!) + '/', "", StringComparison.Ordinal));
            return;
        }
        await EndAsync(job with
        {
            ModelVersion = summary.Version,
            Rows = summary.Rows,
            Rejected = summary.Rejected,
            RejectedOutput = summary.Rejected > 0 ? Path.GetRelativePath(store.Root!, spec.Rejected) : "",
        }, BatchJobState.Succeeded, error: "");
        BatchRun.Discard(spec);
    }

    private async Task<BatchJob> EndAsync(BatchJob job, BatchJobState state, string error)
    {
        job = job with { State = state, Error = error, EndTime = clock.GetUtcNow() };
        await store.WriteAsync(job, CancellationToken.None);
        Log.Ended(logger, job.Id, state, job.Rows, job.Rejected);
        return job;
    }
}
