using Microsoft.Extensions.Options;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;

namespace ModelOps.Gateway.Routing;

/// <summary>
/// The table of this moment. It is made again when the snapshots it was made of are no longer the newest ones: nothing has to
/// be told of a change, and none can be missed.
/// </summary>
internal sealed class RoutingTableSource(DeploymentCatalog catalog, ReplicaDirectory directory, IOptions<DeploymentOptions> options)
{
    /// <summary>The workspace of addresses that name none.</summary>
    public const string DefaultWorkspace = "default";

    private readonly Lock _gate = new();
    private volatile Made? _made;

    /// <summary>The table; one request asks once.</summary>
    public RoutingTable Current
    {
        get
        {
            var made = _made;
            return made is not null && made.IsOf(catalog.Current, directory.Current) ? made.Table : Make();
        }
    }

    private RoutingTable Make()
    {
        lock (_gate)
        {
            var (deployments, replicas) = (catalog.Current, directory.Current);
            if (_made is not { } made || !made.IsOf(deployments, replicas))
            {
                _made = made = new(deployments, replicas, RoutingTable.Build(deployments, replicas, DefaultWorkspace, options.Value.Environment));
            }
            return made.Table;
        }
    }

    private sealed record Made(DeploymentSnapshot? Deployments, ReplicaSet Replicas, RoutingTable Table)
    {
        public bool IsOf(DeploymentSnapshot? deployments, ReplicaSet replicas) =>
            ReferenceEquals(Deployments, deployments) && ReferenceEquals(Replicas, replicas);
    }
}
