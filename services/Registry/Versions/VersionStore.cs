using Dapper;
using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.Registry.Versions;

/// <summary>Models and versions in PostgreSQL.</summary>
internal sealed class VersionStore(NpgsqlDataSource database)
{
    private const string Columns = """
        workspace, model, version, sha256, size_bytes as SizeBytes, signature::text as Signature, algorithm, author, description,
        training_data as TrainingData, metrics::text as Metrics, tags::text as Tags, created_at as CreatedAt, stage, passed, gates::text as Gates,
        run_id as RunId, dataset_sha256 as DatasetSha256, parent_version as ParentVersion, feature_service as FeatureService,
        feature_service_version as FeatureServiceVersion, has_reference_profile as HasReferenceProfile, serving
        """;

    /// <summary>Adds a version under the model's next number.</summary>
    /// <param name="draft">The version; its number is not looked at.</param>
    /// <param name="profile">Its reference profile; empty: none.</param>
    /// <param name="actor">Who registers it.</param>
    /// <param name="publish">Puts the artifact in place; called when nothing but the commit is left to do, or the artifact is referenced already.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    /// <returns>The version, or which version holds the same artifact with the same serving configuration.</returns>
    public async Task<Outcome<ModelVersion>> AddAsync(
        ModelVersion draft, ReadOnlyMemory<byte> profile, string actor, Func<Task> publish, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ArtifactReferences.LockForPublishingAsync(transaction, ct);
        var version = draft with { Version = await NextNumberAsync(draft, transaction, ct) };
        if (!await InsertAsync(version, transaction, ct))
        {
            // The same bytes under the same name, to be served alike: harmless, and it mends a store that lost or damaged them.
            await publish();
            // The transaction ends here without a commit: the number is not used up.
            var holder = await HolderAsync(draft, transaction, ct);
            return new Refusal(RefusalKind.AlreadyExists, $"version {holder} of {draft.Model} holds the same artifact, {draft.Sha256}, with the same serving configuration");
        }
        if (version.Lineage.ParentVersion >= version.Version)
        {
            return Refusal.Invalid("lineage.parent_version", $"must be a version of {draft.Model}, which has {version.Version - 1}");
        }
        version = await JudgeAsync(version, transaction, ct);
        await VersionDetails.AddAsync(transaction, version, profile, actor, ct);
        await publish();
        await transaction.CommitAsync(ct);
        return version;
    }

    /// <summary>Finds a version; 0 stands for the newest.</summary>
    public async Task<Outcome<ModelVersion>> FindAsync(ModelKey model, long version, CancellationToken ct)
    {
        const string sql = $"""
            select {Columns} from registry.versions
            where workspace = @Workspace and model = @Name and (version = @version or @version = 0)
            order by version desc limit 1
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<VersionRow>(Command(sql, new { model.Workspace, model.Name, version }, null, ct));
        return row is not null ? row.ToVersion() : Refusal.NotFound(version == 0 ? $"no model named {model}" : $"no version {version} of {model}");
    }

    /// <summary>Lists versions, newest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="before">Only versions below this number.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="ct">Ends the wait for the database.</param>
    /// <returns>The versions, or that there is no such model.</returns>
    public async Task<Outcome<List<ModelVersion>>> ListAsync(ModelKey model, long before, int count, CancellationToken ct)
    {
        const string sql = $"""
            select {Columns} from registry.versions
            where workspace = @Workspace and model = @Name and version < @before
            order by version desc limit @count
            """;
        const string exists = "select exists (select from registry.models where workspace = @Workspace and name = @Name)";
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<VersionRow>(Command(sql, new { model.Workspace, model.Name, before, count }, null, ct));
        var versions = rows.Select(row => row.ToVersion()).ToList();
        return versions.Count > 0 || await connection.ExecuteScalarAsync<bool>(Command(exists, new { model.Workspace, model.Name }, null, ct))
            ? versions
            : Refusal.NotFound($"no model named {model}");
    }

    /// <summary>Lists models by name.</summary>
    public async Task<List<Model>> ListModelsAsync(string workspace, string after, int count, CancellationToken ct)
    {
        const string sql = """
            select workspace, name, latest_version as LatestVersion, created_at as CreatedAt from registry.models
            where workspace = @workspace and name > @after
            order by name limit @count
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<ModelRow>(Command(sql, new { workspace, after, count }, null, ct));
        return [.. rows.Select(row => row.ToModel())];
    }

    /// <summary>The reference profile of a version.</summary>
    /// <returns>The profile, or that there is no such version, or that it has none.</returns>
    public async Task<Outcome<byte[]>> ProfileAsync(ModelKey model, long version, CancellationToken ct)
    {
        const string sql = "select profile from registry.reference_profiles where workspace = @Workspace and model = @Name and version = @version";
        await using var connection = await database.OpenConnectionAsync(ct);
        var profile = await connection.QuerySingleOrDefaultAsync<byte[]>(Command(sql, new { model.Workspace, model.Name, version }, null, ct));
        return profile is not null
            ? profile
            : (await FindAsync(model, version, ct)).Then<byte[]>(_ => Refusal.NotFound($"version {version} of {model} has no reference profile"));
    }

    /// <summary>Asks the gates; a version that passes is in staging from the start.</summary>
    private static async Task<ModelVersion> JudgeAsync(ModelVersion version, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var policy = await PolicyStore.ReadAsync(transaction.Connection!, transaction, version.Model, ct);
        var report = Gates.Judge(policy, version.Metadata.Metrics, version.HasReferenceProfile);
        return version with { Governance = report, Stage = report.Passed ? Stage.Staging : Stage.Experimental };
    }

    // The row of the model is locked until the transaction ends, so numbers follow each other without gaps.
    private static Task<long> NextNumberAsync(ModelVersion draft, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into registry.models (workspace, name, latest_version, created_at) values (@Workspace, @Name, 1, @CreateTime)
            on conflict (workspace, name) do update set latest_version = models.latest_version + 1
            returning latest_version
            """;
        return transaction.Connection!.ExecuteScalarAsync<long>(
            Command(sql, new { draft.Model.Workspace, draft.Model.Name, draft.CreateTime }, transaction, ct));
    }

    private static async Task<bool> InsertAsync(ModelVersion version, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            insert into registry.model_versions
                (workspace, model, version, sha256, size_bytes, signature, algorithm, author, description, training_data, metrics, tags, created_at, serving)
            values
                (@Workspace, @Model, @Version, @Sha256, @SizeBytes, @Signature::jsonb, @Algorithm, @Author, @Description, @TrainingData,
                 @Metrics::jsonb, @Tags::jsonb, @CreatedAt, @Serving)
            on conflict (workspace, model, sha256, md5(serving)) do nothing
            """;
        return await transaction.Connection!.ExecuteAsync(Command(sql, VersionRow.Of(version), transaction, ct)) == 1;
    }

    private static Task<long> HolderAsync(ModelVersion draft, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string sql = """
            select version from registry.model_versions
            where workspace = @Workspace and model = @Name and sha256 = @Sha256 and md5(serving) = md5(@Serving)
            """;
        return transaction.Connection!.ExecuteScalarAsync<long>(
            Command(sql, new { draft.Model.Workspace, draft.Model.Name, draft.Sha256, draft.Serving }, transaction, ct));
    }

    private static CommandDefinition Command(string sql, object parameters, NpgsqlTransaction? transaction, CancellationToken ct) =>
        new(sql, parameters, transaction, cancellationToken: ct);
}
