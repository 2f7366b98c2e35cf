using System.Collections.Frozen;

namespace ModelOps.Inference.Models;

/// <summary>Every version the replica holds, loads or failed to load, at one moment. Never changes; the next moment has its own.</summary>
/// <param name="Models">By name.</param>
/// <param name="IsComplete">True when the replica was told what to hold and every version of it is ready.</param>
/// <param name="Environment">Environment that the replica serves: dev, staging or production.</param>
internal sealed record CatalogSnapshot(FrozenDictionary<ModelName, ServedModel> Models, bool IsComplete, string Environment)
{
    public const string DefaultEnvironment = "production";

    public static readonly CatalogSnapshot Empty = new(FrozenDictionary<ModelName, ServedModel>.Empty, IsComplete: false, DefaultEnvironment);
}

/// <summary>A model's versions.</summary>
/// <param name="Primary">The version that answers when a request names none; null when none is ready.</param>
/// <param name="Versions">By number.</param>
internal sealed record ServedModel(LoadedModel? Primary, FrozenDictionary<long, VersionStatus> Versions);

/// <summary>How far a version is.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">Why it failed, one line; empty otherwise.</param>
/// <param name="Loaded">The loaded model when it is ready.</param>
internal sealed record VersionStatus(LoadStage State, string Reason, LoadedModel? Loaded)
{
    public static readonly VersionStatus Loading = new(LoadStage.Loading, "", null);

    /// <summary>The status as others see it: a version that is taken out is loaded, and of no use to them.</summary>
    public VersionStatus Shown => Loaded?.Breaker.Outage is { } outage ? Failed(outage.Reason) : this;

    public static VersionStatus Ready(LoadedModel model) => new(LoadStage.Ready, "", model);

    public static VersionStatus Failed(string reason) => new(LoadStage.Failed, reason, null);
}

/// <summary>How far a replica is with a version; the numbers are those of the wire.</summary>
internal enum LoadStage
{
    Loading = 1,
    Ready = 2,
    Failed = 3,
}
