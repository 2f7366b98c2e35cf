using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Runs;

/// <summary>Ends runs before their next stage.</summary>
internal sealed class CancelRunHandler(RunLedger ledger, RunStore runs, TimeProvider clock)
{
    private const string Reason = "cancelled by a caller";

    /// <summary>Cancels a run: at once when nobody works on it, else when the stage under way is over.</summary>
    public async Task<Outcome<Run>> HandleAsync(string runId, CancellationToken ct)
    {
        if (!Guid.TryParse(runId, out var id) || await runs.FindAsync(id, ct) is not { } run)
        {
            return RunQueries.Missing(runId);
        }
        if (!await ledger.CancelAsync(run, Reason, clock.GetUtcNow(), ct))
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"run {id} is over");
        }
        return (await runs.FindAsync(id, ct))!;
    }
}
