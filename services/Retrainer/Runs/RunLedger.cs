using System.Text.Json;
using Dapper;
using ModelOps.Contracts.Events.V1;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Retrainer.Runs;

/// <summary>A run that this process works on.</summary>
/// <param name="Run">The run as it was when it was claimed.</param>
/// <param name="Fence">Grows with every claim of the run; only the newest holder's writes are taken.</param>
internal sealed record Claim(Run Run, long Fence);

/// <summary>
/// Who works on a run, and how far it is. A run is claimed for a while and the claim renewed; when its holder dies, another one
/// claims it and goes on with the first stage that is not done. Each change of a stage is one transaction with what came out of
/// it, and fails when the claim was lost.
/// </summary>
internal sealed class RunLedger(NpgsqlDataSource database)
{
    private const string Held = "run_id = @Id and fence = @Fence and state = 2";

    /// <summary>Claims the run that is due the longest and that nobody holds; null: there is none.</summary>
    public async Task<Claim?> ClaimAsync(TimeSpan lease, CancellationToken ct)
    {
        const string sql = """
            update retrainer.runs set state = 2, fence = fence + 1, leased_until = now() + @lease
            where run_id = (
                select run_id from retrainer.runs
                where state in (1, 2) and (leased_until is null or leased_until < now()) and due_at <= now()
                order by due_at, run_id limit 1
                for update skip locked)
            returning run_id as RunId, fence
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await connection.QuerySingleOrDefaultAsync<ClaimRow>(Command(sql, new { lease }, null, ct)) is not { } claimed)
        {
            return null;
        }
        var runs = await RunStore.ReadAsync($"select {RunRow.Columns} from retrainer.runs where run_id = @RunId", new { claimed.RunId }, connection, ct);
        return new(runs.Single(), claimed.Fence);
    }

    /// <summary>Holds on to a run.</summary>
    /// <returns>False when it was lost.</returns>
    public async Task<bool> RenewAsync(Claim claim, TimeSpan lease, CancellationToken ct)
    {
        const string sql = $"update retrainer.runs set leased_until = now() + @lease where {Held}";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(Command(sql, new { claim.Run.Id, claim.Fence, lease }, null, ct)) == 1;
    }

    /// <summary>Begins a stage.</summary>
    /// <returns>False when the run was lost, or is to be cancelled.</returns>
    public Task<bool> BeginAsync(Claim claim, Stage stage, DateTimeOffset now, CancellationToken ct) => ChangeAsync(
        claim,
        transaction => UpdateAsync(
            "state = 2, attempts = attempts + 1, broken = broken + 1, started_at = coalesce(started_at, @now), ended_at = null",
            claim, stage, new { now = now.UtcDateTime }, transaction, ct),
        ct,
        alsoHolds: "not cancel_requested");

    /// <summary>Whether a caller wants the run to end; null when the run was lost.</summary>
    public async Task<bool?> IsCancelledAsync(Claim claim, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<bool?>(Command(
            $"select cancel_requested from retrainer.runs where {Held}", new { claim.Run.Id, claim.Fence }, null, ct));
    }

    /// <summary>Stores what came out of a stage; the last stage ends the run.</summary>
    /// <returns>False when the run was lost; then nothing was stored.</returns>
    public Task<bool> CompleteAsync(Claim claim, Stage stage, StageResult.Done done, DateTimeOffset now, CancellationToken ct) => ChangeAsync(
        claim,
        async transaction =>
        {
            await EndStageAsync(claim, stage, RunState.Succeeded, done.Outputs, "", now, transaction, ct);
            await RunArtifacts.SaveAsync(claim.Run.Id, done.Artifacts, transaction, ct);
            if (done.Version is { } version)
            {
                var completed = new RetrainingCompleted($"{claim.Run.Id}", claim.Run.Model.Workspace, claim.Run.Model.Name, version, now);
                await EndRunAsync(claim.Run, RunState.Succeeded, version, "", now, transaction, ct);
                await Outbox.EnqueueAsync(transaction, StartRunHandler.Aggregate(claim.Run.Model), completed, ct);
            }
        },
        ct);

    /// <summary>Ends a run without a version.</summary>
    /// <param name="claim">The run.</param>
    /// <param name="stage">Where it ended.</param>
    /// <param name="end">How, why, and what had come out of the stage.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    /// <returns>False when the run was lost.</returns>
    public Task<bool> EndAsync(Claim claim, Stage stage, RunEnd end, DateTimeOffset now, CancellationToken ct) => ChangeAsync(
        claim,
        async transaction =>
        {
            if (end.State != RunState.Cancelled)
            {
                await EndStageAsync(claim, stage, end.State, end.Outputs, end.Reason, now, transaction, ct);
            }
            await EndWithoutVersionAsync(claim.Run, stage.Name, end.State, end.Reason, now, transaction, ct);
        },
        ct);

    /// <summary>Gives a run back, to be gone on with later.</summary>
    /// <param name="claim">The run.</param>
    /// <param name="stage">The stage that was begun.</param>
    /// <param name="pause">What for, and for how long.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    /// <returns>False when the run was lost.</returns>
    public Task<bool> GiveBackAsync(Claim claim, Stage stage, Pause pause, DateTimeOffset now, CancellationToken ct) => ChangeAsync(
        claim,
        async transaction =>
        {
            await UpdateAsync(
                """
                state = 1, error = @Error,
                broken = broken - (not @IsBroken)::int, waiting_since = case when @IsWaiting then coalesce(waiting_since, @now) end
                """,
                claim, stage, new { pause.Error, pause.IsBroken, pause.IsWaiting, now = now.UtcDateTime }, transaction, ct);
            await transaction.Connection!.ExecuteAsync(Command(
                "update retrainer.runs set leased_until = null, due_at = now() + @Delay where run_id = @Id",
                new { claim.Run.Id, pause.Delay }, transaction, ct));
        },
        ct);

    /// <summary>Cancels a run: at once when nobody holds it, else before its next stage.</summary>
    /// <returns>False when it is over.</returns>
    public async Task<bool> CancelAsync(Run run, string reason, DateTimeOffset now, CancellationToken ct)
    {
        const string sql = """
            update retrainer.runs set cancel_requested = true where run_id = @Id and state in (1, 2)
            returning coalesce(leased_until > now(), false)
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await connection.ExecuteScalarAsync<bool?>(Command(sql, new { run.Id }, transaction, ct)) is not { } isHeld)
        {
            return false;
        }
        if (!isHeld)
        {
            await EndWithoutVersionAsync(run, run.Next?.Name ?? "", RunState.Cancelled, reason, now, transaction, ct);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    private static async Task EndWithoutVersionAsync(
        Run run, string stage, RunState state, string reason, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await EndRunAsync(run, state, null, reason, now, transaction, ct);
        var failed = new RetrainingFailed($"{run.Id}", run.Model.Workspace, run.Model.Name, stage, reason, now);
        await Outbox.EnqueueAsync(transaction, StartRunHandler.Aggregate(run.Model), failed, ct);
    }

    private static async Task EndRunAsync(
        Run run, RunState state, long? version, string error, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            update retrainer.runs set state = @state, version = @version, error = @error, leased_until = null, ended_at = @now
            where run_id = @Id
            """;
        await transaction.Connection!.ExecuteAsync(Command(
            sql, new { run.Id, state = (short)state, version, error, now = now.UtcDateTime }, transaction, ct));
        await RunArtifacts.DropOldAsync(run.Model, transaction, ct);
    }

    private static Task<int> EndStageAsync(
        Claim claim, Stage stage, RunState state, IReadOnlyDictionary<string, string> outputs, string error, DateTimeOffset now,
        NpgsqlTransaction transaction, CancellationToken ct) => UpdateAsync(
            "state = @state, broken = broken - 1, waiting_since = null, outputs = @outputs::jsonb, error = @error, ended_at = @now",
            claim, stage,
            new
            {
                state = (short)state,
                outputs = JsonSerializer.Serialize(new Dictionary<string, string>(outputs), StoredJson.Default.DictionaryStringString),
                error,
                now = now.UtcDateTime,
            },
            transaction, ct);

    private static Task<int> UpdateAsync(string changes, Claim claim, Stage stage, object values, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var parameters = new DynamicParameters(values);
        parameters.AddDynamicParams(new { claim.Run.Id, stage.Position });
        return transaction.Connection!.ExecuteAsync(Command(
            $"update retrainer.stages set {changes} where run_id = @Id and position = @Position", parameters, transaction, ct));
    }

    /// <summary>Changes a run that is still held; its row is locked until the change is committed.</summary>
    private async Task<bool> ChangeAsync(Claim claim, Func<NpgsqlTransaction, Task> change, CancellationToken ct, string alsoHolds = "true")
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var isHeld = await connection.ExecuteScalarAsync<bool>(Command(
            $"select true from retrainer.runs where {Held} and {alsoHolds} for update", new { claim.Run.Id, claim.Fence }, transaction, ct));
        if (!isHeld)
        {
            return false;
        }
        await change(transaction);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static CommandDefinition Command(string sql, object parameters, NpgsqlTransaction? transaction, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);

    private sealed record ClaimRow(Guid RunId, long Fence);
}
