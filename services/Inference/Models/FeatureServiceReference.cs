namespace ModelOps.Inference.Models;

/// <summary>The feature service that a version reads, as it was registered.</summary>
/// <param name="Name">Name of the feature service.</param>
/// <param name="Version">Its version, 1 and up.</param>
internal sealed record FeatureServiceReference(string Name, long Version);
