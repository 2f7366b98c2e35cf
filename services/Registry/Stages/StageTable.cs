using System.Text.Json;
using Dapper;
using ModelOps.Contracts.Events.V1;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Registry.Stages;

/// <summary>
/// Stages in PostgreSQL. Every move writes its history and its event in the same transaction, and every transaction that moves
/// a version holds the row of the model, so a model's moves follow each other.
/// </summary>
internal static class StageTable
{
    private const string Key = "workspace = @Workspace and model = @Name";

    /// <summary>What must stay in order on the bus.</summary>
    public static string AggregateOf(ModelKey model) => $"model/{model.Workspace}/{model.Name}";

    /// <summary>Gives a new version its first stage and its report. The transaction holds the row of the model.</summary>
    public static async Task BeginAsync(
        NpgsqlTransaction transaction, StagedVersion version, StageCause cause, CancellationToken ct)
    {
        const string sql = """
            insert into registry.governance_reports (workspace, model, version, passed, gates) values (@Workspace, @Name, @Version, @Passed, @gates::jsonb);
            insert into registry.version_stages (workspace, model, version, stage, changed_at) values (@Workspace, @Name, @Version, @stage, @At);
            """;
        var gates = JsonSerializer.Serialize(version.Report.Gates, GovernanceJson.Default.IReadOnlyListGateResult);
        await transaction.Connection!.ExecuteAsync(Command(
            sql,
            new { version.Model.Workspace, version.Model.Name, version.Version, version.Report.Passed, gates, stage = (short)version.Stage, cause.At },
            transaction, ct));
    }

    /// <summary>Reads a version and holds its model until the transaction ends.</summary>
    public static async Task<StagedVersion?> LockAsync(NpgsqlTransaction transaction, ModelKey model, long version, CancellationToken ct)
    {
        await transaction.Connection!.ExecuteAsync(Command(
            "select from registry.models where workspace = @Workspace and name = @Name for update", new { model.Workspace, model.Name }, transaction, ct));
        return await FindAsync(transaction.Connection!, transaction, model, version, ct);
    }

    /// <summary>Reads a version.</summary>
    public static async Task<StagedVersion?> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, ModelKey model, long version, CancellationToken ct)
    {
        const string sql = $"""
            select stage, was_in_production, coalesce(passed, false), coalesce(gates::text, '[]')
            from registry.version_stages left join registry.governance_reports using (workspace, model, version)
            where {Key} and version = @version
            """;
        var (stage, served, passed, gates) = await connection.QuerySingleOrDefaultAsync<(short, bool, bool, string?)>(
            Command(sql, new { model.Workspace, model.Name, version }, transaction, ct));
        return gates is null
            ? null
            : new(model, version, (Stage)stage, served, new(passed, JsonSerializer.Deserialize(gates, GovernanceJson.Default.IReadOnlyListGateResult)!));
    }

    /// <summary>Moves a version; one that becomes production archives the one that was.</summary>
    public static async Task MoveAsync(NpgsqlTransaction transaction, StagedVersion version, Stage to, StageCause cause, CancellationToken ct)
    {
        const string sql = $"select version from registry.version_stages where {Key} and stage = @serving";
        if (to == Stage.Production)
        {
            var found = await transaction.Connection!.QuerySingleOrDefaultAsync<long?>(Command(
                sql, new { version.Model.Workspace, version.Model.Name, serving = (short)Stage.Production }, transaction, ct));
            if (found is { } number)
            {
                await WriteAsync(
                    transaction, version.Model, number, Stage.Production, Stage.Archived, cause with { Reason = $"version {version.Version} took its place" }, ct);
            }
        }
        await WriteAsync(transaction, version.Model, version.Version, version.Stage, to, cause, ct);
    }

    /// <summary>Writes down why a version was not moved.</summary>
    public static Task NoteAsync(NpgsqlTransaction transaction, StagedVersion version, StageCause cause, CancellationToken ct) =>
        RecordAsync(transaction, version.Model, version.Version, version.Stage, version.Stage, cause, ct);

    private static async Task WriteAsync(
        NpgsqlTransaction transaction, ModelKey model, long version, Stage from, Stage to, StageCause cause, CancellationToken ct)
    {
        const string sql = $"""
            update registry.version_stages set stage = @to, was_in_production = was_in_production or @serves, changed_at = @At
            where {Key} and version = @version
            """;
        await transaction.Connection!.ExecuteAsync(Command(
            sql, new { model.Workspace, model.Name, version, to = (short)to, serves = to == Stage.Production, cause.At }, transaction, ct));
        await RecordAsync(transaction, model, version, from, to, cause, ct);
        var changed = new ModelVersionStageChanged(model.Workspace, model.Name, version, from.Name(), to.Name(), cause.Reason, cause.At);
        await Outbox.EnqueueAsync(transaction, AggregateOf(model), changed, ct);
    }

    private static Task<int> RecordAsync(
        NpgsqlTransaction transaction, ModelKey model, long version, Stage from, Stage to, StageCause cause, CancellationToken ct)
    {
        const string sql = """
            insert into registry.stage_changes (workspace, model, version, from_stage, to_stage, actor, reason, changed_at)
            values (@Workspace, @Name, @version, @from, @to, @Actor, @Reason, @At)
            """;
        return transaction.Connection!.ExecuteAsync(Command(
            sql, new { model.Workspace, model.Name, version, from = (short)from, to = (short)to, cause.Actor, cause.Reason, cause.At }, transaction, ct));
    }

    private static CommandDefinition Command(string sql, object parameters, NpgsqlTransaction? transaction, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);
}
