using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.Registry.Rollouts;

/// <summary>Says whether a version may take traffic beside another.</summary>
internal sealed class GrantRolloutHandler(NpgsqlDataSource database)
{
    private static readonly string[] Environments = ["dev", "staging", "production"];

    public async Task<Outcome<StagedVersion>> HandleAsync(ModelKey model, long number, string environment, CancellationToken ct)
    {
        if ((ModelRules.Check(model) ?? ModelRules.CheckVersion(number, min: 1) ?? CheckEnvironment(environment)) is { } refusal)
        {
            return refusal;
        }
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await StageTable.FindAsync(connection, null, model, number, ct) is not { } version)
        {
            return Refusal.NotFound($"no version {number} of {model}");
        }
        return StageRules.CheckRollout(version) is { } denied ? denied : version;
    }

    private static Refusal? CheckEnvironment(string environment) =>
        environment.Length == 0 || Environments.Contains(environment) ? null : Refusal.Invalid("environment", $"must be one of {string.Join(", ", Environments)}");
}
