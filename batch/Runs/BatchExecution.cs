using ModelOps.Batch.Models;
using ModelOps.Batch.Records;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Runs;

/// <summary>Does the chunks of a job, several at a time, and puts the output together.</summary>
internal sealed class BatchExecution(BatchSpec spec, BatchPlan plan, BatchState state, BatchFolder folder, BatchProgress progress)
{
    private Refusal? _failure;

    public async Task<Outcome<BatchSummary>> RunAsync(IBatchPredictor predictor, RetryPolicy retry, TimeProvider clock, CancellationToken ct)
    {
        var rows = new ChunkPredictor(predictor, plan.Features, plan.Predictions, spec.RequestRows, retry, clock);
        var worker = new ChunkWorker(folder, plan.Format, rows, state.Version, clock);
        var feed = new ChunkFeed(spec, plan.Input, folder, progress);
        if (await DoChunksAsync(feed, worker, ct) is { } failure)
        {
            return failure;
        }
        if (await FileIdentity.OfAsync(spec.Input, ct) != state.Input)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"{spec.Input} changed while it was read; delete {spec.Folder} and begin anew", "input");
        }
        return await AssembleAsync(feed.Count, ct);
    }

    private async Task<Refusal?> DoChunksAsync(ChunkFeed feed, ChunkWorker worker, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var options = new ParallelOptions { MaxDegreeOfParallelism = spec.Parallelism, CancellationToken = stop.Token };
        try
        {
            // Takes a chunk from the feed only when a worker is free: no more than one a worker is in memory.
            await Parallel.ForEachAsync(feed.ReadAsync(stop.Token), options, async (work, token) =>
            {
                var done = await worker.DoAsync(work.Index, work.Chunk, token);
                if (done.Value is { } record)
                {
                    progress.Add(record.End - record.Start, record.Rows, record.Rejected, resumed: false);
                }
                else
                {
                    Interlocked.CompareExchange(ref _failure, done.Refusal, null);
                    await stop.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (_failure is not null && !ct.IsCancellationRequested)
        {
            return _failure;
        }
        return _failure;
    }

    private async Task<BatchSummary> AssembleAsync(int chunks, CancellationToken ct)
    {
        if (progress.Rejected > 0)
        {
            await folder.AssembleAsync(chunks, BatchFolder.Rejected, default, spec.Rejected, ct);
        }
        else
        {
            File.Delete(spec.Rejected);
        }
        await folder.AssembleAsync(chunks, BatchFolder.Part, plan.Format.Header, spec.Output, ct);
        var summary = new BatchSummary(state.Model, state.Version, progress.Rows, progress.Rejected);
        await folder.WriteStateAsync(state with { Summary = summary }, ct);
        return summary;
    }
}
