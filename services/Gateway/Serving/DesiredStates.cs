using ModelOps.Gateway.Deployments;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Serving;

/// <summary>What replicas are told to hold: a pure function of the deployments.</summary>
internal static class DesiredStates
{
    /// <summary>
    /// The versions of an environment: each deployment's current one, primary, and the one before while it is kept. Versions come in
    /// a fixed order, so equal deployments make equal messages.
    /// </summary>
    public static Wire.DesiredState Of(DeploymentSnapshot snapshot, string environment)
    {
        var state = new Wire.DesiredState { Revision = snapshot.Revision };
        state.Versions.AddRange(snapshot.Deployments
            .Where(deployment => deployment.Key.Environment == environment)
            .OrderBy(deployment => deployment.Key.Workspace, StringComparer.Ordinal)
            .ThenBy(deployment => deployment.Key.Model, StringComparer.Ordinal)
            .SelectMany(VersionsOf));
        return state;
    }

    private static IEnumerable<Wire.DesiredVersion> VersionsOf(Deployment deployment)
    {
        yield return VersionOf(deployment.Key, deployment.Current, primary: true);
        if (deployment.Previous is { } previous)
        {
            yield return VersionOf(deployment.Key, previous, primary: false);
        }
    }

    private static Wire.DesiredVersion VersionOf(DeploymentKey key, ServedVersion served, bool primary) => new()
    {
        Workspace = key.Workspace,
        Model = key.Model,
        Version = served.Version,
        Sha256 = served.Sha256,
        Primary = primary,
    };
}
