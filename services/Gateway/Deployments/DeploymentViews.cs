using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using ModelOps.Gateway.Replicas;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Deployments;

/// <summary>Deployments with what the connected replicas report of them now.</summary>
internal sealed class DeploymentViews(ReplicaDirectory directory, IOptions<DeploymentOptions> options)
{
    /// <summary>The deployment as it travels.</summary>
    public Wire.Deployment Of(Deployment deployment) =>
        Of(deployment, deployment.Key.Environment == options.Value.Environment ? directory.Current : ReplicaSet.Empty);

    /// <summary>The deployment as it travels, seen with some replicas.</summary>
    internal static Wire.Deployment Of(Deployment deployment, ReplicaSet replicas)
    {
        var version = new VersionKey(deployment.Key.Workspace, deployment.Key.Model, deployment.Current.Version);
        var view = new Wire.Deployment
        {
            Workspace = deployment.Key.Workspace,
            Environment = deployment.Key.Environment,
            Model = deployment.Key.Model,
            Version = deployment.Current.Version,
            Sha256 = deployment.Current.Sha256,
            Ready = replicas.AllReady(version),
            UpdateTime = Timestamp.FromDateTimeOffset(deployment.UpdateTime),
            CandidateVersion = deployment.Candidate?.Served.Version ?? 0,
            CandidateWeight = deployment.Candidate?.Weight ?? 0,
            PinnedVersions = { deployment.Pinned.Select(pinned => pinned.Version) },
        };
        view.Replicas.AddRange(replicas.Replicas.OrderBy(replica => replica.Replica.InstanceId, StringComparer.Ordinal).Select(replica => new Wire.ReplicaStatus
        {
            InstanceId = replica.Replica.InstanceId,
            State = (Wire.LoadState)replica.Of(version).Progress,
            Reason = replica.Of(version).Reason,
        }));
        return view;
    }
}
