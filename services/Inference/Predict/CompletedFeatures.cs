namespace ModelOps.Inference.Predict;

/// <summary>Where the values came from that a request did not bring.</summary>
/// <param name="FromStore">Features read from the feature store.</param>
/// <param name="Defaulted">Features that took their default.</param>
internal sealed record CompletedFeatures(IReadOnlyList<string> FromStore, IReadOnlyList<string> Defaulted)
{
    public static readonly CompletedFeatures None = new([], []);
}
