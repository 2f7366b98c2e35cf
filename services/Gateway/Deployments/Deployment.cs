using System.Collections.Immutable;

namespace ModelOps.Gateway.Deployments;

/// <summary>A version and the artifact it has to be.</summary>
internal sealed record ServedVersion(long Version, string Sha256);

/// <summary>A version tried beside the one deployed.</summary>
/// <param name="Served">The version.</param>
/// <param name="Weight">Share of keys it answers, in percent.</param>
/// <param name="RolloutId">The rollout that tries it.</param>
internal sealed record CandidateArm(ServedVersion Served, double Weight, Guid RolloutId);

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
    /// <summary>The version a rollout tries; null: there is no rollout.</summary>
    public CandidateArm? Candidate { get; init; }

    /// <summary>A version that took traffic and takes none any more: held for requests on their way, chosen for none.</summary>
    public ServedVersion? Retired { get; init; }

    /// <summary>Versions held for requests that name them, and chosen for no other.</summary>
    public ImmutableArray<ServedVersion> Pinned { get; init; } = [];

    /// <summary>The deployment of another version.</summary>
    public static Deployment Of(Deployment? before, DeploymentKey key, ServedVersion next, long revision, DateTimeOffset now)
    {
        var previous = KeepWhileLoading(before?.Current, before?.Previous, next);
        ServedVersion?[] left = [before?.Candidate?.Served, before?.Current, before?.Retired];
        return new(key, next, previous, revision, now)
        {
            Pinned = before?.Pinned ?? [],
            Retired = left.FirstOrDefault(version => version is not null && version.Version != next.Version && version.Version != previous?.Version),
        };
    }

    /// <summary>The deployment with a candidate beside it, or with another weight of it.</summary>
    public Deployment Try(CandidateArm candidate, long revision, DateTimeOffset now) => this with
    {
        Candidate = candidate,
        Retired = Retired?.Version == candidate.Served.Version ? null : Retired,
        Revision = revision,
        UpdateTime = now,
    };

    /// <summary>The deployment of its candidate; the version before is kept as after any deployment.</summary>
    public Deployment Promote(long revision, DateTimeOffset now) => Candidate is { } candidate
        ? this with { Current = candidate.Served, Previous = Current, Candidate = null, Revision = revision, UpdateTime = now }
        : this;

    /// <summary>The deployment without its candidate, which is held for requests on their way to it.</summary>
    public Deployment RollBack(long revision, DateTimeOffset now) => Candidate is { } candidate
        ? this with { Retired = candidate.Served, Candidate = null, Revision = revision, UpdateTime = now }
        : this;

    /// <summary>The version to keep while <paramref name="next"/> is being loaded.</summary>
    /// <remarks>
    /// While a change is under way the version known to serve is the previous one: a second change keeps that, not the
    /// one that may be half-loaded, and going back to it needs no other.
    /// </remarks>
    public static ServedVersion? KeepWhileLoading(ServedVersion? current, ServedVersion? previous, ServedVersion next)
    {
        var serving = previous ?? current;
        return serving is null || serving.Version == next.Version ? null : serving;
    }
}

/// <summary>Every deployment at one revision of the desired state.</summary>
internal sealed record DeploymentSnapshot(long Revision, IReadOnlyList<Deployment> Deployments);
