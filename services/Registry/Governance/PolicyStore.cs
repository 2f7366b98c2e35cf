using System.Text.Json;
using Dapper;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;
using Npgsql;

namespace ModelOps.Registry.Governance;

/// <summary>The policies of models.</summary>
internal sealed class PolicyStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Sets the policy of a model, which need not exist yet.</summary>
    public async Task<Outcome<GovernancePolicy>> SetAsync(ModelKey model, GovernancePolicy policy, string actor, CancellationToken ct)
    {
        const string sql = """
            insert into registry.governance_policies (workspace, model, policy, updated_by, updated_at)
            values (@Workspace, @Name, @policy::jsonb, @actor, @now)
            on conflict (workspace, model) do update set policy = excluded.policy, updated_by = excluded.updated_by, updated_at = excluded.updated_at
            """;
        if ((ModelRules.Check(model) ?? PolicyRules.Check(policy)) is { } refusal)
        {
            return refusal;
        }
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            sql,
            new { model.Workspace, model.Name, policy = JsonSerializer.Serialize(policy, GovernanceJson.Default.GovernancePolicy), actor, now = clock.GetUtcNow() },
            cancellationToken: ct));
        return policy;
    }

    /// <summary>The policy of a model, or the default.</summary>
    public async Task<Outcome<GovernancePolicy>> GetAsync(ModelKey model, CancellationToken ct)
    {
        if (ModelRules.Check(model) is { } refusal)
        {
            return refusal;
        }
        await using var connection = await database.OpenConnectionAsync(ct);
        return await ReadAsync(connection, null, model, ct);
    }

    /// <summary>The policy of a model, or the default, as a transaction sees it.</summary>
    public static async Task<GovernancePolicy> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, ModelKey model, CancellationToken ct)
    {
        const string sql = "select policy::text from registry.governance_policies where workspace = @Workspace and model = @Name";
        var json = await connection.QuerySingleOrDefaultAsync<string>(new(sql, new { model.Workspace, model.Name }, transaction, cancellationToken: ct));
        return json is null ? GovernancePolicy.Default : JsonSerializer.Deserialize(json, GovernanceJson.Default.GovernancePolicy)!;
    }
}
