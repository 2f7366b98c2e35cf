using Dapper;
using Npgsql;

namespace ModelOps.Gateway.Deployments;

/// <summary>The statements on deployments, for whoever holds the transaction.</summary>
internal static class DeploymentRows
{
    /// <summary>Channel of the notifications; the payload is the revision.</summary>
    public const string Channel = "modelops_gateway_deployments";

    private const string Columns = """
        workspace, environment, model, version, sha256, previous_version, previous_sha256, revision, update_time,
        candidate_version, candidate_sha256, candidate_weight, rollout_id, retired_version, retired_sha256, pinned_versions, pinned_sha256
        """;

    private const string ByKey = "workspace = @Workspace AND environment = @Environment AND model = @Model AND segment = ''";

    /// <summary>A moment as precise as it is stored, so that an answer is what is read later.</summary>
    public static DateTimeOffset AsStored(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    /// <summary>Takes the next revision: locks out every other change until the transaction ends, and tells the other gateways then.</summary>
    public static Task<long> NextRevisionAsync(NpgsqlConnection connection, CancellationToken ct) =>
        connection.QuerySingleAsync<long>(new CommandDefinition(
            $"""
            WITH next AS (UPDATE desired_state_revision SET revision = revision + 1 RETURNING revision)
            SELECT revision FROM next, LATERAL (SELECT pg_notify('{Channel}', next.revision::text)) AS told
            """,
            cancellationToken: ct));

    /// <summary>The revision of the desired state.</summary>
    public static Task<long> ReadRevisionAsync(NpgsqlConnection connection, CancellationToken ct) =>
        connection.QuerySingleAsync<long>(new CommandDefinition("SELECT revision FROM desired_state_revision", cancellationToken: ct));

    /// <summary>One deployment.</summary>
    public static async Task<Deployment?> FindAsync(NpgsqlConnection connection, DeploymentKey key, CancellationToken ct)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM deployments WHERE {ByKey}", key, cancellationToken: ct));
        return row?.ToDeployment();
    }

    /// <summary>Every deployment.</summary>
    public static async Task<IReadOnlyList<Deployment>> ReadAllAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM deployments WHERE segment = ''", cancellationToken: ct));
        return [.. rows.Select(row => row.ToDeployment())];
    }

    /// <summary>A page of a workspace's deployments, by model and environment.</summary>
    public static async Task<IReadOnlyList<Deployment>> ListAsync(
        NpgsqlConnection connection, string workspace, (string Model, string Environment) after, int count, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM deployments
            WHERE workspace = @Workspace AND (model COLLATE "C", environment COLLATE "C") > (@Model, @Environment) AND segment = ''
            ORDER BY model COLLATE "C", environment COLLATE "C" LIMIT @Count
            """,
            new { Workspace = workspace, after.Model, after.Environment, Count = count }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToDeployment())];
    }

    /// <summary>Stores a deployment in place of the one before.</summary>
    public static Task SaveAsync(NpgsqlConnection connection, Deployment deployment, string actor, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO deployments (
                workspace, environment, model, version, sha256, previous_version, previous_sha256, revision, update_time, updated_by,
                candidate_version, candidate_sha256, candidate_weight, rollout_id, retired_version, retired_sha256, pinned_versions, pinned_sha256)
            VALUES (
                @Workspace, @Environment, @Model, @Version, @Sha256, @PreviousVersion, @PreviousSha256, @Revision, @Now, @Actor,
                @CandidateVersion, @CandidateSha256, @CandidateWeight, @RolloutId, @RetiredVersion, @RetiredSha256, @PinnedVersions, @PinnedSha256)
            ON CONFLICT (workspace, model, environment, segment) DO UPDATE
            SET version = excluded.version, sha256 = excluded.sha256, previous_version = excluded.previous_version,
                previous_sha256 = excluded.previous_sha256, revision = excluded.revision, update_time = excluded.update_time,
                updated_by = excluded.updated_by, candidate_version = excluded.candidate_version, candidate_sha256 = excluded.candidate_sha256,
                candidate_weight = excluded.candidate_weight, rollout_id = excluded.rollout_id, retired_version = excluded.retired_version,
                retired_sha256 = excluded.retired_sha256, pinned_versions = excluded.pinned_versions, pinned_sha256 = excluded.pinned_sha256
            """,
            ParametersOf(deployment, actor), cancellationToken: ct));

    /// <summary>Removes a deployment.</summary>
    public static Task DeleteAsync(NpgsqlConnection connection, DeploymentKey key, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition($"DELETE FROM deployments WHERE {ByKey}", key, cancellationToken: ct));

    /// <summary>Stops holding the versions whose time is over.</summary>
    /// <returns>False when the deployment changed since it was seen.</returns>
    public static async Task<bool> DropKeptAsync(NpgsqlConnection connection, Deployment seen, long revision, CancellationToken ct) =>
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            UPDATE deployments
            SET previous_version = NULL, previous_sha256 = NULL, retired_version = NULL, retired_sha256 = NULL, revision = @Revision
            WHERE {ByKey} AND revision = @Seen
            """,
            new { seen.Key.Workspace, seen.Key.Environment, seen.Key.Model, Seen = seen.Revision, Revision = revision }, cancellationToken: ct)) > 0;

    private static object ParametersOf(Deployment deployment, string actor) => new
    {
        deployment.Key.Workspace,
        deployment.Key.Environment,
        deployment.Key.Model,
        deployment.Current.Version,
        deployment.Current.Sha256,
        PreviousVersion = deployment.Previous?.Version,
        PreviousSha256 = deployment.Previous?.Sha256,
        deployment.Revision,
        Now = deployment.UpdateTime.UtcDateTime,
        Actor = actor,
        CandidateVersion = deployment.Candidate?.Served.Version,
        CandidateSha256 = deployment.Candidate?.Served.Sha256,
        CandidateWeight = deployment.Candidate?.Weight,
        deployment.Candidate?.RolloutId,
        RetiredVersion = deployment.Retired?.Version,
        RetiredSha256 = deployment.Retired?.Sha256,
        PinnedVersions = deployment.Pinned.Select(pinned => pinned.Version).ToArray(),
        PinnedSha256 = deployment.Pinned.Select(pinned => pinned.Sha256).ToArray(),
    };

    [method: ExplicitConstructor] // the driver does not say of what an array is, so Dapper would not find it
    private sealed record Row(
        string Workspace, string Environment, string Model, long Version, string Sha256,
        long? Previous_Version, string? Previous_Sha256, long Revision, DateTime Update_Time,
        long? Candidate_Version, string? Candidate_Sha256, double? Candidate_Weight, Guid? Rollout_Id, long? Retired_Version, string? Retired_Sha256,
        long[] Pinned_Versions, string[] Pinned_Sha256)
    {
        public Deployment ToDeployment() => new(
            new(Workspace, Environment, Model), new(Version, Sha256), Served(Previous_Version, Previous_Sha256), Revision, new(Update_Time, TimeSpan.Zero))
        {
            Candidate = Served(Candidate_Version, Candidate_Sha256) is { } candidate ? new(candidate, Candidate_Weight!.Value, Rollout_Id!.Value) : null,
            Retired = Served(Retired_Version, Retired_Sha256),
            Pinned = [.. Pinned_Versions.Zip(Pinned_Sha256, (version, sha256) => new ServedVersion(version, sha256))],
        };

        private static ServedVersion? Served(long? version, string? sha256) => version is { } number ? new(number, sha256!) : null;
    }
}
