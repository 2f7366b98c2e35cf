using Dapper;
using ModelOps.Contracts.Events.V1;
using ModelOps.Registry.Stages;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Registry.Versions;

/// <summary>What stands beside a new version: where it comes from, its profile, its first stage, and the events that tell of it.</summary>
internal static class VersionDetails
{
    private const string PassedReason = "passed its gates";

    public static async Task AddAsync(NpgsqlTransaction transaction, ModelVersion version, ReadOnlyMemory<byte> profile, string actor, CancellationToken ct)
    {
        const string lineage = """
            insert into registry.version_lineage
                (workspace, model, version, run_id, dataset_sha256, parent_version, feature_service, feature_service_version)
            values (@Workspace, @Name, @Version, @RunId, @DatasetSha256, @ParentVersion, @FeatureService, @FeatureServiceVersion)
            """;
        const string reference = "insert into registry.reference_profiles (workspace, model, version, profile) values (@Workspace, @Name, @Version, @profile)";
        var (model, from) = (version.Model, version.Lineage);
        if (from != new Lineage())
        {
            await RunAsync(transaction, lineage, new
            {
                model.Workspace,
                model.Name,
                version.Version,
                from.RunId,
                from.DatasetSha256,
                from.ParentVersion,
                from.FeatureService,
                from.FeatureServiceVersion,
            }, ct);
        }
        if (!profile.IsEmpty)
        {
            await RunAsync(transaction, reference, new { model.Workspace, model.Name, version.Version, profile = profile.ToArray() }, ct);
        }
        await AddStageAsync(transaction, version, new(actor, PassedReason, version.CreateTime), ct);
    }

    private static async Task AddStageAsync(NpgsqlTransaction transaction, ModelVersion version, StageCause cause, CancellationToken ct)
    {
        var begun = new StagedVersion(version.Model, version.Version, Stage.Experimental, WasInProduction: false, version.Governance);
        await StageTable.BeginAsync(transaction, begun, cause, ct);
        var registered = new ModelVersionRegistered(
            version.Model.Workspace, version.Model.Name, version.Version, version.Sha256, version.Stage.Name(), version.CreateTime);
        await Outbox.EnqueueAsync(transaction, StageTable.AggregateOf(version.Model), registered, ct);
        if (version.Stage != begun.Stage)
        {
            await StageTable.MoveAsync(transaction, begun, version.Stage, cause, ct);
        }
    }

    private static Task<int> RunAsync(NpgsqlTransaction transaction, string sql, object parameters, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: ct));
}
