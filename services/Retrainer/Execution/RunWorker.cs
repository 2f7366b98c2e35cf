using Microsoft.Extensions.Options;
using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.Execution;

/// <summary>Looks for runs that are due, also those whose process died, and works on them.</summary>
internal sealed partial class RunWorker(
    RunLedger ledger, RunExecution execution, RunSignal signal, IOptions<ExecutionOptions> options, ILogger<RunWorker> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.MaxConcurrentRuns).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (!await TryWorkAsync(stopping))
            {
                await signal.WaitAsync(options.Value.PollInterval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>False when there was nothing to do, or the database could not be asked.</returns>
    private async Task<bool> TryWorkAsync(CancellationToken stopping)
    {
        try
        {
            if (await ledger.ClaimAsync(options.Value.Lease, stopping) is not { } claim)
            {
                return false;
            }
            LogClaimed(claim.Run.Id, claim.Run.Model.Name, claim.Run.Next?.Name ?? "");
            await execution.ExecuteAsync(claim, stopping);
            return true;
        }
        catch (Exception e)
        {
            // What was begun is found again when its claim runs out.
            if (!stopping.IsCancellationRequested)
            {
                LogInterrupted(e);
            }
            return false;
        }
    }

    [LoggerMessage(EventId = 3001, EventName = "RunClaimed", Level = LogLevel.Information, Message = "Run {RunId} of {Model} goes on with stage {Stage}")]
    private partial void LogClaimed(Guid runId, string model, string stage);

    [LoggerMessage(EventId = 3002, EventName = "WorkInterrupted", Level = LogLevel.Warning, Message = "Work on a run was interrupted; it goes on when its claim has run out")]
    private partial void LogInterrupted(Exception exception);
}
