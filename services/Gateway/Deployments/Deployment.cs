namespace ModelOps.Gateway.Deployments;

/// <summary>A version and the artifact it has to be.</summary>
internal sealed record ServedVersion(long Version, string Sha256);

/// <summary>Names a deployment.</summary>
internal sealed record DeploymentKey(string Workspace, string Environment, string Model);

/// <summary>Which version of a model takes traffic.</summary>
/// <param name="Key">The model and the place.</param>
/// <param name="Current">The version that was asked for.</param>
/// <param name="Previous">
/// The version that took traffic before. It keeps taking it until a replica is ready with the current one, so a deployment, also
/// one that fails to load, never takes a model out of service.
/// </param>
/// <param name="Revision">Revision of the desired state this row was last changed in.</param>
/// <param name="UpdateTime">When the wish last changed.</param>
internal sealed record Deployment(DeploymentKey Key, ServedVersion Current, ServedVersion? Previous, long Revision, DateTimeOffset UpdateTime)
{
    /// <summary>The version to keep while <paramref name="next"/> is being loaded.</summary>
    /// <remarks>
    /// While a change is under way the version known to serve is the previous one: a second change keeps that, not the
    /// half-loaded one, and going back to it needs nothing kept.
    /// </remarks>
    public static ServedVersion? KeepWhileLoading(ServedVersion? current, ServedVersion? previous, ServedVersion next)
    {
        var serving = previous ?? current;
        return serving is null || serving.Version == next.Version ? null : serving;
    }
}

/// <summary>Every deployment at one revision of the desired state.</summary>
internal sealed record DeploymentSnapshot(long Revision, IReadOnlyList<Deployment> Deployments);
