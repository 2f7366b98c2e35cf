using ModelOps.Inference.Models;
using ModelOps.Serving;

namespace ModelOps.Inference.Artifacts;

/// <summary>What was registered with a version beside its artifact.</summary>
/// <param name="FeatureService">The feature service it reads; null: none.</param>
/// <param name="Serving">How it wants to be served.</param>
internal sealed record VersionDetails(FeatureServiceReference? FeatureService, ServingConfiguration Serving);
