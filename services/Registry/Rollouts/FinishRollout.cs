using ModelOps.Contracts.Events.V1;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Registry.Rollouts;

/// <summary>Moves versions when their rollout ends: permission follows traffic.</summary>
internal sealed class FinishRolloutHandler(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Name of the queue and of the consumer.</summary>
    public const string Consumer = "registry.rollout-finished.v1";

    // What serves elsewhere is tried out, not in service.
    private const string Production = "production";
    private const string Actor = "rollout";
    private const int LongestReason = 1_024;

    /// <exception cref="InvalidOperationException">The event is about a version that is not here.</exception>
    public async Task HandleAsync(RolloutFinished finished, Guid messageId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await Inbox.TryAcceptAsync(transaction, messageId, Consumer, ct))
        {
            return;
        }
        if (finished.Environment == Production)
        {
            await ApplyAsync(transaction, finished, ct);
        }
        await transaction.CommitAsync(ct);
    }

    private async Task ApplyAsync(NpgsqlTransaction transaction, RolloutFinished finished, CancellationToken ct)
    {
        var model = ModelKey.Of(finished.Workspace, finished.Model);
        var version = await StageTable.LockAsync(transaction, model, finished.CandidateVersion, ct)
            ?? throw new InvalidOperationException($"no version {finished.CandidateVersion} of {model}");
        var verdict = RolloutVerdict.Of(finished.Outcome, version);
        if (verdict.To is { } stage)
        {
            await StageTable.MoveAsync(transaction, version, stage, Cause($"rollout {finished.RolloutId} {finished.Outcome}: {finished.Reason}"), ct);
        }
        else if (verdict.WhyNot is { } reason)
        {
            await StageTable.NoteAsync(transaction, version, Cause($"rollout {finished.RolloutId} {finished.Outcome}, {reason}"), ct);
        }
    }

    private StageCause Cause(string reason) =>
        new(Actor, reason.Length <= LongestReason ? reason : reason[..LongestReason], clock.GetUtcNow());
}
