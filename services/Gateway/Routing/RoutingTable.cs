using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;

namespace ModelOps.Gateway.Routing;

/// <summary>A version and the replicas that are ready with it.</summary>
internal sealed record VersionRoute(long Version, ImmutableArray<Replica> Ready);

/// <summary>What can answer for a model.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Current">The version deployed.</param>
/// <param name="Previous">The version before it, while it is kept.</param>
/// <param name="Candidate">The version a rollout tries.</param>
/// <param name="Weight">Share of keys on the candidate, 0 to 1.</param>
/// <param name="Retired">A version that took traffic and takes none any more, while it is held.</param>
/// <param name="Pinned">Versions held for requests that name them.</param>
internal sealed record ModelRoute(
    string Model, VersionRoute Current, VersionRoute? Previous, VersionRoute? Candidate, double Weight, VersionRoute? Retired, ImmutableArray<VersionRoute> Pinned);

/// <summary>Why a request has no route.</summary>
internal enum NoRoute
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>The model is not deployed.</summary>
    UnknownModel,

    /// <summary>The model is, but not this version.</summary>
    UnknownVersion,

    /// <summary>It is deployed, and no replica is ready.</summary>
    NotReady,
}

/// <summary>Where requests go: a pure function of the deployments and the replicas at one moment.</summary>
internal sealed class RoutingTable(FrozenDictionary<string, ModelRoute> models, ImmutableArray<Replica> replicas)
{
    /// <summary>Every connected replica, for calls about no model.</summary>
    public ImmutableArray<Replica> Replicas { get; } = replicas;

    /// <summary>Models that are deployed.</summary>
    public int Count => models.Count;

    /// <summary>Makes the table of one workspace and environment.</summary>
    public static RoutingTable Build(DeploymentSnapshot? deployments, ReplicaSet replicas, string workspace, string environment)
    {
        var models = (deployments?.Deployments ?? [])
            .Where(deployment => deployment.Key.Workspace == workspace && deployment.Key.Environment == environment)
            .ToFrozenDictionary(
                deployment => deployment.Key.Model,
                deployment => new ModelRoute(
                    deployment.Key.Model, RouteOf(deployment.Key, deployment.Current)!, RouteOf(deployment.Key, deployment.Previous),
                    RouteOf(deployment.Key, deployment.Candidate?.Served), (deployment.Candidate?.Weight ?? 0) / 100, RouteOf(deployment.Key, deployment.Retired),
                    [.. deployment.Pinned.Select(pinned => RouteOf(deployment.Key, pinned)!)]),
                StringComparer.Ordinal);
        return new(models, [.. replicas.Replicas.Select(state => state.Replica)]);

        VersionRoute? RouteOf(DeploymentKey key, ServedVersion? served)
        {
            if (served is null)
            {
                return null;
            }
            var version = new VersionKey(key.Workspace, key.Model, served.Version);
            return new(served.Version, [.. replicas.Replicas.Where(state => state.IsReady(version)).Select(state => state.Replica)]);
        }
    }

    /// <summary>The version and the replicas for a request.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Version asked for; empty: the candidate or the deployed one by the key, and another one while no replica is ready with it.</param>
    /// <param name="key">The caller's routing key.</param>
    /// <param name="route">The route, when there is one.</param>
    public NoRoute Find(string model, string version, string key, out VersionRoute route)
    {
        route = null!;
        if (!models.TryGetValue(model, out var known))
        {
            return NoRoute.UnknownModel;
        }
        if (Choose(known, version, key) is not { } chosen)
        {
            return NoRoute.UnknownVersion;
        }
        route = chosen;
        return chosen.Ready.IsEmpty ? NoRoute.NotReady : NoRoute.None;
    }

    private static VersionRoute? Choose(ModelRoute model, string version, string key)
    {
        if (version.Length == 0)
        {
            return Choose(model, key);
        }
        if (!long.TryParse(version, System.Globalization.NumberStyles.None, null, out var number))
        {
            return null;
        }
        return number == model.Current.Version ? model.Current
            : number == model.Candidate?.Version ? model.Candidate
            : number == model.Previous?.Version ? model.Previous
            : number == model.Retired?.Version ? model.Retired
            : model.Pinned.FirstOrDefault(pinned => pinned.Version == number);
    }

    private static VersionRoute Choose(ModelRoute model, string key)
    {
        var deployed = model is { Current.Ready.IsEmpty: true, Previous.Ready.IsEmpty: false } ? model.Previous : model.Current;
        if (model.Candidate is not { } candidate || model.Weight <= 0)
        {
            return deployed;
        }
        var (chosen, other) = RoutingKey.PlaceOf(key, model.Model, candidate.Version) < model.Weight ? (candidate, deployed) : (deployed, candidate);
        return chosen.Ready.IsEmpty && !other.Ready.IsEmpty ? other : chosen;
    }
}
