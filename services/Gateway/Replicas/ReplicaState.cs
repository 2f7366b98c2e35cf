using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ModelOps.Gateway.Replicas;

/// <summary>Names a version of a model.</summary>
internal readonly record struct VersionKey(string Workspace, string Model, long Version);

/// <summary>How far a replica is with a version.</summary>
internal enum LoadProgress
{
    /// <summary>It said nothing about it.</summary>
    Unknown = 0,

    /// <summary>Being downloaded, checked or warmed up.</summary>
    Loading = 1,

    /// <summary>Loaded and warmed up.</summary>
    Ready = 2,

    /// <summary>Could not be loaded.</summary>
    Failed = 3,
}

/// <summary>What a replica reports of a version.</summary>
internal sealed record VersionReport(LoadProgress Progress, string Reason);

/// <summary>A connected replica and what it reported last.</summary>
internal sealed record ReplicaState(Replica Replica, FrozenDictionary<VersionKey, VersionReport> Versions)
{
    private static readonly VersionReport Nothing = new(LoadProgress.Unknown, "");

    /// <summary>What the replica says of a version.</summary>
    public VersionReport Of(VersionKey version) => Versions.GetValueOrDefault(version, Nothing);

    /// <summary>True when the replica answers for the version.</summary>
    public bool IsReady(VersionKey version) => Of(version).Progress == LoadProgress.Ready;
}

/// <summary>The connected replicas at one moment, in the order they connected.</summary>
internal sealed record ReplicaSet(ImmutableArray<ReplicaState> Replicas)
{
    /// <summary>No replica.</summary>
    public static ReplicaSet Empty { get; } = new([]);

    /// <summary>True when there is a replica and every one is ready with the version.</summary>
    public bool AllReady(VersionKey version) => !Replicas.IsEmpty && Replicas.All(replica => replica.IsReady(version));
}
