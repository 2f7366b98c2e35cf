using System.Text.Json.Serialization;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Deployments;

/// <summary>The version to serve a model with, and those to hold beside it; null: those that are held.</summary>
internal sealed record SetDeploymentBody([property: JsonRequired] long Version, IReadOnlyList<long>? PinnedVersions);

/// <summary>A deployment in JSON.</summary>
internal sealed record DeploymentBody(
    string Workspace, string Environment, string Model, long Version, string Sha256, bool Ready, IReadOnlyList<ReplicaBody> Replicas, DateTimeOffset UpdateTime,
    long CandidateVersion, double CandidateWeight, IReadOnlyList<long> PinnedVersions)
{
    public static DeploymentBody Of(Wire.Deployment deployment) => new(
        deployment.Workspace, deployment.Environment, deployment.Model, deployment.Version, deployment.Sha256, deployment.Ready,
        [.. deployment.Replicas.Select(replica => new ReplicaBody(replica.InstanceId, replica.State.ToString().ToLowerInvariant(), replica.Reason))],
        deployment.UpdateTime.ToDateTimeOffset(), deployment.CandidateVersion, deployment.CandidateWeight, deployment.PinnedVersions);
}

/// <summary>What a replica reports of the version: unspecified, loading, ready or failed.</summary>
internal sealed record ReplicaBody(string InstanceId, string State, string Reason);

/// <summary>A page of deployments.</summary>
internal sealed record DeploymentListBody(IReadOnlyList<DeploymentBody> Deployments, string NextPageToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetDeploymentBody))]
[JsonSerializable(typeof(DeploymentBody))]
[JsonSerializable(typeof(DeploymentListBody))]
internal sealed partial class DeploymentJson : JsonSerializerContext;
