using Microsoft.Extensions.Options;
using ModelOps.Retrainer.Runs;
using Npgsql;

namespace ModelOps.Retrainer.Execution;

/// <summary>Renews the claim of a run for as long as a stage runs; the stage is told to end when the claim is lost.</summary>
internal sealed partial class LeaseKeeper(RunLedger ledger, IOptions<ExecutionOptions> options, TimeProvider clock, ILogger<LeaseKeeper> logger)
{
    /// <summary>How long a service that is away is waited for.</summary>
    public TimeSpan DependencyWait => options.Value.DependencyWait;

    /// <summary>Holds a run until disposed.</summary>
    public HeldRun Hold(Claim claim, CancellationToken stopping) => new(this, claim, stopping);

    private async Task RenewAsync(Claim claim, CancellationTokenSource lost, CancellationToken done)
    {
        var lease = options.Value.Lease;
        var until = clock.GetUtcNow() + lease;
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(lease / 3, clock, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return;
            }
            var asked = clock.GetUtcNow();
            switch (await TryRenewAsync(claim, lease, done))
            {
                case true:
                    until = asked + lease;
                    break;
                case null when clock.GetUtcNow() < until:
                    break;
                default:
                    await lost.CancelAsync();
                    return;
            }
        }
    }

    /// <returns>True: renewed; false: lost; null: the database did not answer.</returns>
    private async Task<bool?> TryRenewAsync(Claim claim, TimeSpan lease, CancellationToken ct)
    {
        try
        {
            return await ledger.RenewAsync(claim, lease, ct);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            if (!ct.IsCancellationRequested)
            {
                LogNotRenewed(e, claim.Run.Id);
            }
            return null;
        }
    }

    [LoggerMessage(EventId = 3301, EventName = "LeaseNotRenewed", Level = LogLevel.Warning, Message = "The claim of run {RunId} could not be renewed")]
    private partial void LogNotRenewed(Exception exception, Guid runId);

    /// <summary>A run that is held.</summary>
    internal sealed class HeldRun : IAsyncDisposable
    {
        private readonly CancellationTokenSource _lost;
        private readonly CancellationTokenSource _done = new();
        private readonly Task _renewing;

        public HeldRun(LeaseKeeper keeper, Claim claim, CancellationToken stopping)
        {
            _lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            _renewing = keeper.RenewAsync(claim, _lost, _done.Token);
        }

        /// <summary>Cancelled when the run was lost, or this process stops.</summary>
        public CancellationToken Token => _lost.Token;

        public async ValueTask DisposeAsync()
        {
            await _done.CancelAsync();
            await _renewing;
            _done.Dispose();
            _lost.Dispose();
        }
    }
}
