using ModelOps.Contracts.Events.V1;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.Gateway.Deployments;

/// <summary>What others are told of deployments.</summary>
internal static class DeploymentEvents
{
    /// <summary>What stays in order: everything about one model in one place.</summary>
    public static string AggregateOf(DeploymentKey key) => $"deployment/{key.Workspace}/{key.Environment}/{key.Model}";

    /// <summary>Tells that a deployment changed, if the transaction commits.</summary>
    public static Task ChangedAsync(NpgsqlTransaction transaction, Deployment deployment, CancellationToken ct) => Outbox.EnqueueAsync(
        transaction,
        AggregateOf(deployment.Key),
        new DeploymentChanged(
            deployment.Key.Workspace, deployment.Key.Environment, deployment.Key.Model, deployment.Current.Version,
            deployment.Candidate?.Served.Version, deployment.Candidate?.Weight ?? 0, deployment.UpdateTime),
        ct);
}
