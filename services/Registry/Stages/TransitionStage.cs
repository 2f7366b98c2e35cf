using Dapper;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.Registry.Stages;

/// <summary>Move a version to another stage.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">The version.</param>
/// <param name="Stage">Where to.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="Actor">Who asks.</param>
internal sealed record TransitionStage(ModelKey Model, long Version, Stage Stage, string Reason, string Actor);

/// <summary>Moves versions for people and other services, and tells what was moved.</summary>
internal sealed class TransitionStageHandler(NpgsqlDataSource database, TimeProvider clock)
{
    private const int MaxReason = 1_024;

    /// <returns>The version as it was before, or why it stays.</returns>
    public async Task<Outcome<StagedVersion>> HandleAsync(TransitionStage command, CancellationToken ct)
    {
        if (Check(command) is { } refusal)
        {
            return refusal;
        }
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await StageTable.LockAsync(transaction, command.Model, command.Version, ct) is not { } version)
        {
            return Refusal.NotFound($"no version {command.Version} of {command.Model}");
        }
        if (version.Stage == command.Stage)
        {
            return version;
        }
        if (StageRules.CheckMove(version.Stage, command.Stage, version.Report) is { } illegal)
        {
            return illegal;
        }
        await StageTable.MoveAsync(transaction, version, command.Stage, new(command.Actor, command.Reason, clock.GetUtcNow()), ct);
        await transaction.CommitAsync(ct);
        return version;
    }

    /// <summary>The moves of a version, newest first, at most a thousand.</summary>
    public async Task<Outcome<IReadOnlyList<StageChange>>> HistoryAsync(ModelKey model, long version, CancellationToken ct)
    {
        const string sql = """
            select from_stage as "From", to_stage as "To", actor, reason, changed_at as ChangedAt from registry.stage_changes
            where workspace = @Workspace and model = @Name and version = @version order by id desc limit 1000
            """;
        if ((ModelRules.Check(model) ?? ModelRules.CheckVersion(version, min: 1)) is { } refusal)
        {
            return refusal;
        }
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await StageTable.FindAsync(connection, null, model, version, ct) is null)
        {
            return Refusal.NotFound($"no version {version} of {model}");
        }
        return (await connection.QueryAsync<StageChange>(new(sql, new { model.Workspace, model.Name, version }, cancellationToken: ct))).AsList();
    }

    private static Refusal? Check(TransitionStage command) =>
        ModelRules.Check(command.Model)
        ?? ModelRules.CheckVersion(command.Version, min: 1)
        ?? (Enum.IsDefined(command.Stage) ? null : StageRules.NoStage)
        ?? TextRules.CheckText(command.Reason, MaxReason, "reason");
}
