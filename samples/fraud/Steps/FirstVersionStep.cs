namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 2: the first version, a logistic regression, takes all traffic.</summary>
public static class FirstVersionStep
{
    private static readonly TimeSpan ServedWithin = TimeSpan.FromMinutes(1);

    /// <summary>Sets the policies, trains, registers through the gates and deploys.</summary>
    /// <returns>The version.</returns>
    public static async Task<long> RunAsync(JobContext job, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        var (gateway, model, policy) = (job.Gateway, job.Model, job.Sample.Policy);
        await gateway.SetGovernanceAsync(model, policy.Governance, ct);
        await gateway.SetRolloutPolicyAsync(model, policy.Rollout, ct);
        await gateway.SetMonitoringPolicyAsync(model, policy.Monitoring, ct);
        await gateway.SetPipelineAsync(model, job.Sample.PipelineOf(model), ct);

        var run = await gateway.StartRunAsync(model, "logistic_regression", "the first version", ct);
        var version = await job.WaitForRunAsync(run, evidence, ct);

        await gateway.DeployAsync(model, version, ct);
        evidence["replicas"] = await Wait.ForAsync<int>($"every replica serves version {version}", ServedWithin, async token =>
        {
            var deployment = await gateway.GetDeploymentAsync(model, token);
            return deployment.GetProperty("ready").GetBoolean() ? deployment.GetProperty("replicas").GetArrayLength() : null;
        }, ct);
        await gateway.SetStageAsync(model, version, "production", "the first version", ct);
        return version;
    }
}
