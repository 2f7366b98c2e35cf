using System.Text.Json;
using Dapper;
using ModelOps.Retrainer.Pipelines;
using Npgsql;

namespace ModelOps.Retrainer.Runs;

/// <summary>Runs in PostgreSQL: making, finding, listing.</summary>
internal sealed class RunStore(NpgsqlDataSource database)
{
    /// <summary>Stores a run that starts, unless another one of the model is under way or has its request id.</summary>
    /// <returns>True when it was stored.</returns>
    public static async Task<bool> AddAsync(Run run, string? requestId, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string insert = """
            insert into retrainer.runs
                (run_id, workspace, model, algorithm, trigger, reason, request_id, definition, drift, state, due_at, created_at)
            values
                (@Id, @Workspace, @Name, @Algorithm, @Trigger, @Reason, @requestId, @Definition, @drift::jsonb, 1, now(), @CreatedAt)
            on conflict do nothing
            """;
        const string stages = """
            insert into retrainer.stages (run_id, position, name, state)
            select @Id, position, name, 1 from unnest(@names) with ordinality as stage (name, position)
            """;
        var drift = run.Drift is null ? null : JsonSerializer.Serialize(run.Drift, StoredJson.Default.DriftedWindow);
        var added = await transaction.Connection!.ExecuteAsync(Command(insert, new
        {
            run.Id,
            run.Model.Workspace,
            run.Model.Name,
            run.Algorithm,
            run.Trigger,
            run.Reason,
            requestId,
            run.Definition,
            drift,
            CreatedAt = run.CreateTime.UtcDateTime,
        }, transaction, ct));
        if (added == 0)
        {
            return false;
        }
        await transaction.Connection!.ExecuteAsync(Command(stages, new { run.Id, names = run.Stages.Select(stage => stage.Name).ToArray() }, transaction, ct));
        return true;
    }

    /// <summary>Finds the run that a request started.</summary>
    public static async Task<Guid?> FindRequestAsync(ModelKey model, string requestId, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = "select run_id from retrainer.runs where workspace = @Workspace and model = @Name and request_id = @requestId";
        return await transaction.Connection!.QuerySingleOrDefaultAsync<Guid?>(Command(sql, new { model.Workspace, model.Name, requestId }, transaction, ct));
    }

    /// <summary>Finds the run of a model that is under way.</summary>
    public static async Task<Guid?> FindUnderWayAsync(ModelKey model, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = "select run_id from retrainer.runs where workspace = @Workspace and model = @Name and state in (1, 2)";
        return await transaction.Connection!.QuerySingleOrDefaultAsync<Guid?>(Command(sql, new { model.Workspace, model.Name }, transaction, ct));
    }

    /// <summary>When the last run that drift started ended; null without one.</summary>
    public static async Task<DateTimeOffset?> LastDriftRunEndAsync(ModelKey model, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = "select max(ended_at) from retrainer.runs where workspace = @Workspace and model = @Name and trigger = 'drift'";
        return RunRow.Time(await transaction.Connection!.ExecuteScalarAsync<DateTime?>(Command(sql, new { model.Workspace, model.Name }, transaction, ct)));
    }

    /// <summary>Finds a run.</summary>
    public async Task<Run?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await ReadAsync($"select {RunRow.Columns} from retrainer.runs where run_id = @id", new { id }, connection, ct)).SingleOrDefault();
    }

    /// <summary>Lists the runs of a model, newest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="before">Only runs with a smaller id, which are older; null: all.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    public async Task<List<Run>> ListAsync(ModelKey model, Guid? before, int count, CancellationToken ct)
    {
        const string sql = $"""
            select {RunRow.Columns} from retrainer.runs
            where workspace = @Workspace and model = @Name and (@before::uuid is null or run_id < @before)
            order by run_id desc limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await ReadAsync(sql, new { model.Workspace, model.Name, before, count }, connection, ct);
    }

    /// <summary>Reads runs with their stages, in the order of the query.</summary>
    public static async Task<List<Run>> ReadAsync(string sql, object parameters, NpgsqlConnection connection, CancellationToken ct)
    {
        var runs = (await connection.QueryAsync<RunRow>(Command(sql, parameters, null, ct))).AsList();
        var stages = await connection.QueryAsync<StageRow>(Command(
            $"select {StageRow.Columns} from retrainer.stages where run_id = any(@ids)", new { ids = runs.Select(run => run.RunId).ToArray() }, null, ct));
        var byRun = stages.ToLookup(stage => stage.RunId);
        return [.. runs.Select(run => run.ToRun(byRun[run.RunId]))];
    }

    private static CommandDefinition Command(string sql, object parameters, NpgsqlTransaction? transaction, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);
}
