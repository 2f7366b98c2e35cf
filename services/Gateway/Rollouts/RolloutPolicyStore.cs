using Dapper;
using ModelOps.Gateway.Deployments;
using Npgsql;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Rollout policies in PostgreSQL.</summary>
internal sealed class RolloutPolicyStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns = """
        automatic, steps, step_seconds, minimum_predictions, minimum_labels, maximum_error_rate, maximum_latency_p99_seconds,
        log_loss_margin, brier_margin, timeout_seconds
        """;

    /// <summary>The policy of a model: the one set, or the default.</summary>
    public async Task<RolloutPolicy> FindAsync(DeploymentKey key, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM rollout_policies WHERE workspace = @Workspace AND environment = @Environment AND model = @Model", key, cancellationToken: ct));
        return row?.ToPolicy() ?? RolloutPolicy.Default;
    }

    /// <summary>Sets the policy of a model; a rollout that is under way goes on by it.</summary>
    public async Task SetAsync(DeploymentKey key, RolloutPolicy policy, string actor, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO rollout_policies (workspace, environment, model, {Columns}, update_time, updated_by)
            VALUES (
                @Workspace, @Environment, @Model, @Automatic, @Steps, @StepSeconds, @MinimumPredictions, @MinimumLabels, @MaximumErrorRate,
                @MaximumLatencyP99Seconds, @LogLossMargin, @BrierMargin, @TimeoutSeconds, @Now, @Actor)
            ON CONFLICT (workspace, environment, model) DO UPDATE
            SET automatic = excluded.automatic, steps = excluded.steps, step_seconds = excluded.step_seconds,
                minimum_predictions = excluded.minimum_predictions, minimum_labels = excluded.minimum_labels,
                maximum_error_rate = excluded.maximum_error_rate, maximum_latency_p99_seconds = excluded.maximum_latency_p99_seconds,
                log_loss_margin = excluded.log_loss_margin, brier_margin = excluded.brier_margin, timeout_seconds = excluded.timeout_seconds,
                update_time = excluded.update_time, updated_by = excluded.updated_by
            """,
            new
            {
                key.Workspace,
                key.Environment,
                key.Model,
                policy.Automatic,
                Steps = policy.Steps.ToArray(),
                policy.StepSeconds,
                policy.MinimumPredictions,
                policy.MinimumLabels,
                policy.MaximumErrorRate,
                policy.MaximumLatencyP99Seconds,
                policy.LogLossMargin,
                policy.BrierMargin,
                policy.TimeoutSeconds,
                Now = clock.GetUtcNow().UtcDateTime,
                Actor = actor,
            },
            cancellationToken: ct));
    }

    private sealed record Row(
        bool Automatic, Array Steps, double Step_Seconds, long Minimum_Predictions, long Minimum_Labels, double Maximum_Error_Rate,
        double Maximum_Latency_P99_Seconds, double Log_Loss_Margin, double Brier_Margin, double Timeout_Seconds)
    {
        public RolloutPolicy ToPolicy() => new()
        {
            Automatic = Automatic,
            Steps = (double[])Steps,
            StepSeconds = Step_Seconds,
            MinimumPredictions = Minimum_Predictions,
            MinimumLabels = Minimum_Labels,
            MaximumErrorRate = Maximum_Error_Rate,
            MaximumLatencyP99Seconds = Maximum_Latency_P99_Seconds,
            LogLossMargin = Log_Loss_Margin,
            BrierMargin = Brier_Margin,
            TimeoutSeconds = Timeout_Seconds,
        };
    }
}
