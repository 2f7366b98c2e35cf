using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using ModelOps.Gateway.Deployments;
using Npgsql;

namespace ModelOps.Gateway.Rollouts;

/// <summary>The statements on rollouts, for whoever holds the transaction.</summary>
internal static partial class RolloutRows
{
    private const string Columns = """
        rollout_id, workspace, environment, model, baseline_version, baseline_sha256, candidate_version, candidate_sha256,
        state, weight, reason, revision, create_time, step_time, breach_time, end_time
        """;

    /// <summary>Stores a new rollout.</summary>
    /// <returns>False when another one of the model is under way.</returns>
    public static async Task<bool> AddAsync(NpgsqlConnection connection, Rollout rollout, string actor, CancellationToken ct) =>
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO rollouts ({Columns}, started_by)
            VALUES (
                @Id, @Workspace, @Environment, @Model, @BaselineVersion, @BaselineSha256, @CandidateVersion, @CandidateSha256,
                @State, @Weight, @Reason, @Revision, @CreateTime, @StepTime, @BreachTime, @EndTime, @Actor)
            ON CONFLICT (workspace, environment, model) WHERE state IN (1, 2) DO NOTHING
            """,
            ParametersOf(rollout, actor), cancellationToken: ct)) > 0;

    /// <summary>Stores what became of a rollout, with its last step.</summary>
    public static async Task SaveAsync(NpgsqlConnection connection, Rollout rollout, CancellationToken ct)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE rollouts
            SET state = @State, weight = @Weight, reason = @Reason, revision = @Revision, step_time = @StepTime, breach_time = @BreachTime, end_time = @EndTime
            WHERE rollout_id = @Id
            """,
            ParametersOf(rollout, ""), cancellationToken: ct));
        var step = rollout.Steps[^1];
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO rollout_steps (rollout_id, position, weight, time, reason, baseline, candidate)
            VALUES (@Id, @Position, @Weight, @Time, @Reason, @Baseline::jsonb, @Candidate::jsonb)
            """,
            new
            {
                rollout.Id,
                Position = rollout.Steps.Count,
                step.Weight,
                Time = step.Time.UtcDateTime,
                step.Reason,
                Baseline = ToJson(step.Baseline),
                Candidate = ToJson(step.Candidate),
            },
            cancellationToken: ct));
    }

    /// <summary>Stores why nothing changes.</summary>
    public static Task HoldAsync(NpgsqlConnection connection, Rollout rollout, string reason, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE rollouts SET reason = @reason WHERE rollout_id = @Id AND revision = @Revision", new { rollout.Id, rollout.Revision, reason }, cancellationToken: ct));

    /// <summary>One rollout.</summary>
    public static async Task<Rollout?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken ct) =>
        (await ReadAsync(connection, "rollout_id = @id", new { id }, ct)).SingleOrDefault();

    /// <summary>Rollouts of an environment that are under way, the oldest first.</summary>
    public static Task<IReadOnlyList<Rollout>> ReadActiveAsync(NpgsqlConnection connection, string environment, int count, CancellationToken ct) =>
        ReadAsync(connection, "environment = @environment AND state IN (1, 2) ORDER BY rollout_id LIMIT @count", new { environment, count }, ct);

    /// <summary>Rollouts of a model, newest first, from before one of them.</summary>
    public static Task<IReadOnlyList<Rollout>> ListAsync(NpgsqlConnection connection, DeploymentKey key, Guid? before, int count, CancellationToken ct) =>
        ReadAsync(
            connection,
            "workspace = @Workspace AND environment = @Environment AND model = @Model AND (@before::uuid IS NULL OR rollout_id < @before) ORDER BY rollout_id DESC LIMIT @count",
            new { key.Workspace, key.Environment, key.Model, before, count }, ct);

    private static async Task<IReadOnlyList<Rollout>> ReadAsync(NpgsqlConnection connection, string which, object parameters, CancellationToken ct)
    {
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM rollouts WHERE {which}", parameters, cancellationToken: ct))).AsList();
        if (rows.Count == 0)
        {
            return [];
        }
        var steps = await connection.QueryAsync<StepRow>(new CommandDefinition(
            """
            SELECT rollout_id, weight, time, reason, baseline::text AS baseline, candidate::text AS candidate
            FROM rollout_steps WHERE rollout_id = ANY(@ids) ORDER BY rollout_id, position
            """,
            new { ids = rows.Select(row => row.Rollout_Id).ToArray() }, cancellationToken: ct));
        var byRollout = steps.ToLookup(step => step.Rollout_Id, step => step.ToStep());
        return [.. rows.Select(row => row.ToRollout([.. byRollout[row.Rollout_Id]]))];
    }

    private static object ParametersOf(Rollout rollout, string actor) => new
    {
        rollout.Id,
        rollout.Key.Workspace,
        rollout.Key.Environment,
        rollout.Key.Model,
        BaselineVersion = rollout.Baseline.Version,
        BaselineSha256 = rollout.Baseline.Sha256,
        CandidateVersion = rollout.Candidate.Version,
        CandidateSha256 = rollout.Candidate.Sha256,
        State = (short)rollout.Phase,
        rollout.Weight,
        rollout.Reason,
        rollout.Revision,
        CreateTime = rollout.CreateTime.UtcDateTime,
        StepTime = rollout.StepTime.UtcDateTime,
        BreachTime = rollout.BreachTime?.UtcDateTime,
        EndTime = rollout.EndTime?.UtcDateTime,
        Actor = actor,
    };

    private static string? ToJson(ArmStatistics? arm) => arm is null ? null : JsonSerializer.Serialize(arm, StoredJson.Default.ArmStatistics);

    private sealed record Row(
        Guid Rollout_Id, string Workspace, string Environment, string Model, long Baseline_Version, string Baseline_Sha256,
        long Candidate_Version, string Candidate_Sha256, short State, double Weight, string Reason, long Revision,
        DateTime Create_Time, DateTime Step_Time, DateTime? Breach_Time, DateTime? End_Time)
    {
        public Rollout ToRollout(IReadOnlyList<RolloutStep> steps) => new(
            Rollout_Id, new(Workspace, Environment, Model), new(Baseline_Version, Baseline_Sha256), new(Candidate_Version, Candidate_Sha256), new(Create_Time, TimeSpan.Zero))
        {
            Phase = (RolloutPhase)State,
            Weight = Weight,
            Reason = Reason,
            Revision = Revision,
            StepTime = new(Step_Time, TimeSpan.Zero),
            BreachTime = Breach_Time is { } breach ? new(breach, TimeSpan.Zero) : null,
            EndTime = End_Time is { } end ? new(end, TimeSpan.Zero) : null,
            Steps = steps,
        };
    }

    private sealed record StepRow(Guid Rollout_Id, double Weight, DateTime Time, string Reason, string? Baseline, string? Candidate)
    {
        public RolloutStep ToStep() => new(Weight, new(Time, TimeSpan.Zero), Reason, FromJson(Baseline), FromJson(Candidate));

        private static ArmStatistics? FromJson(string? json) => json is null ? null : JsonSerializer.Deserialize(json, StoredJson.Default.ArmStatistics);
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(ArmStatistics))]
    private sealed partial class StoredJson : JsonSerializerContext;
}
