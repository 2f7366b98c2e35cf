using System.Buffers;
using ModelOps.Contracts.Features.V1;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>One row by feature name: what the caller gives, and by which keys the rest is found.</summary>
/// <param name="Values">One per feature of the plan, in the raw encoding; null: not given.</param>
internal sealed record FeatureRequest(byte[]?[] Values)
{
    /// <summary>Entity keys by join key, each once.</summary>
    public IReadOnlyList<NamedValue> Entities { get; init; } = [];

    /// <summary>When what is predicted happened; null: not said.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Reads a whole body.</summary>
    public static Outcome<FeatureRequest> Read(in ReadOnlySequence<byte> body, FeaturePlan plan)
    {
        var reader = new FeatureRequestReader(body, plan);
        return reader.Read() is { } refusal ? refusal : new FeatureRequest(reader.Values) { Entities = reader.Entities, EventTime = reader.EventTime };
    }
}
