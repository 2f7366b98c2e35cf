using ModelOps.Contracts.Features.V1;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.PredictionLog;

/// <summary>What is logged of a request beside its inputs and its outcome.</summary>
/// <param name="Model">The version that answers.</param>
/// <param name="PredictionId">Identity of the prediction; null: it gets one when it is logged.</param>
/// <param name="Started">Timestamp of the clock when the request came.</param>
internal readonly record struct PredictionCall(LoadedModel Model, string? PredictionId, long Started)
{
    /// <summary>When what is predicted happened; null: when the request came.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Entity keys that came with the request; null: none.</summary>
    public IReadOnlyList<NamedValue>? Entities { get; init; }

    /// <summary>Features that were read from the store; null: none.</summary>
    public IReadOnlyList<string>? StoreFeatures { get; init; }

    /// <summary>Features that took the default of the version's serving configuration; null: none.</summary>
    public IReadOnlyList<string>? DefaultedFeatures { get; init; }
}
