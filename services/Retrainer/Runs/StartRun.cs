using ModelOps.Contracts.Events.V1;
using ModelOps.Retrainer.Pipelines;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Retrainer.Runs;

/// <summary>Start a run.</summary>
/// <param name="Model">The model.</param>
/// <param name="Algorithm">Trainer; empty: the pipeline's.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="RequestId">Identity of the request; empty: none.</param>
internal sealed record StartRun(ModelKey Model, string Algorithm, string Reason, string RequestId);

/// <summary>Stores runs that start. One of a model is under way at a time.</summary>
internal sealed class StartRunHandler(NpgsqlDataSource database, RunStore runs, RunSignal signal, TimeProvider clock)
{
    /// <summary>Starts a run by hand, or gives the one that the same request started before.</summary>
    public async Task<Outcome<Run>> HandleAsync(StartRun command, CancellationToken ct)
    {
        if (RunRules.Check(command) is { } refusal)
        {
            return refusal;
        }
        var stored = await StoreAsync(command, ct);
        return stored.Succeeded ? (await runs.FindAsync(stored.Value, ct))! : stored.Refusal;
    }

    /// <summary>Stores a run and the event of its start.</summary>
    /// <returns>False when another run of the model is under way, or the request started one before.</returns>
    public static async Task<bool> AddAsync(Run run, string? requestId, NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (!await RunStore.AddAsync(run, requestId, transaction, ct))
        {
            return false;
        }
        var started = new RetrainingStarted($"{run.Id}", run.Model.Workspace, run.Model.Name, run.Trigger, run.Reason, run.CreateTime);
        await Outbox.EnqueueAsync(transaction, Aggregate(run.Model), started, ct);
        return true;
    }

    /// <summary>What the events of a model are kept in order by.</summary>
    public static string Aggregate(ModelKey model) => $"model/{model.Workspace}/{model.Name}";

    private async Task<Outcome<Guid>> StoreAsync(StartRun command, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await EarlierAsync(command, transaction, ct) is { } earlier)
        {
            return earlier;
        }
        if (await PipelineStore.FindAsync(command.Model, connection, transaction, ct) is not { } stored)
        {
            return PipelineCommands.Missing(command.Model);
        }
        var read = PipelineReader.Read(stored.Definition, command.Model.Name);
        if (!read.Succeeded)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"the stored pipeline can no longer be read, set it again: {read.Refusal.Detail}");
        }
        var run = RunRules.Begin((stored, read.Value), command.Algorithm, Triggers.Manual, command.Reason, null, clock.GetUtcNow());
        if (!await AddAsync(run, command.RequestId.Length > 0 ? command.RequestId : null, transaction, ct))
        {
            // A request that was faster by a moment shows only now.
            return await EarlierAsync(command, transaction, ct) is { } same ? same : await UnderWayAsync(command.Model, transaction, ct);
        }
        await transaction.CommitAsync(ct);
        signal.Set();
        return run.Id;
    }

    private static Task<Guid?> EarlierAsync(StartRun command, NpgsqlTransaction transaction, CancellationToken ct) =>
        command.RequestId.Length > 0 ? RunStore.FindRequestAsync(command.Model, command.RequestId, transaction, ct) : Task.FromResult<Guid?>(null);

    private static async Task<Refusal> UnderWayAsync(ModelKey model, NpgsqlTransaction transaction, CancellationToken ct) =>
        await RunStore.FindUnderWayAsync(model, transaction, ct) is { } run
            ? new(RefusalKind.FailedPrecondition, $"run {run} of {model} is under way")
            : new(RefusalKind.Aborted, $"a run of {model} ended this moment; try again");
}
