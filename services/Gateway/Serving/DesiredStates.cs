using ModelOps.Gateway.Deployments;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Serving;

/// <summary>What replicas are told to hold: a pure function of the deployments.</summary>
internal static class DesiredStates
{
    /// <summary>
    /// The versions of an environment: each deployment's current one, primary, a rollout's candidate, those held for a while after
    /// their time, and those pinned. Versions come in a fixed order, so equal deployments make equal messages.
    /// </summary>
    public static Wire.DesiredState Of(DeploymentSnapshot snapshot, string environment)
    {
        var state = new Wire.DesiredState { Revision = snapshot.Revision, Environment = environment };
        state.Versions.AddRange(snapshot.Deployments
            .Where(deployment => deployment.Key.Environment == environment)
            .OrderBy(deployment => deployment.Key.Workspace, StringComparer.Ordinal)
            .ThenBy(deployment => deployment.Key.Model, StringComparer.Ordinal)
            .SelectMany(VersionsOf));
        return state;
    }

    private static IEnumerable<Wire.DesiredVersion> VersionsOf(Deployment deployment) =>
        ((ServedVersion?[])[deployment.Current, deployment.Candidate?.Served, deployment.Previous, deployment.Retired, .. deployment.Pinned])
            .OfType<ServedVersion>()
            .DistinctBy(served => served.Version) // a version may be tried again while it is still held
            .Select(served => VersionOf(deployment.Key, served, primary: served == deployment.Current));

    private static Wire.DesiredVersion VersionOf(DeploymentKey key, ServedVersion served, bool primary) => new()
    {
        Workspace = key.Workspace,
        Model = key.Model,
        Version = served.Version,
        Sha256 = served.Sha256,
        Primary = primary,
    };
}
