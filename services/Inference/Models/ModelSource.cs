using ModelOps.Serving;

namespace ModelOps.Inference.Models;

/// <summary>What a version is loaded from.</summary>
/// <param name="Key">The version.</param>
/// <param name="Onnx">Its bytes; must be the ones whose digest was verified.</param>
internal sealed record ModelSource(VersionKey Key, byte[] Onnx)
{
    /// <summary>SHA-256 of the bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Folder of the artifact, for what is kept beside it.</summary>
    public required string Folder { get; init; }

    /// <summary>The feature service that the version reads; null: none.</summary>
    public FeatureServiceReference? FeatureService { get; init; }

    /// <summary>The other versions that its graph names.</summary>
    public IReadOnlyDictionary<ModelStep, ModelSource> Members { get; init; } = new Dictionary<ModelStep, ModelSource>();

    /// <summary>Bytes of every file that it runs: its own, or that of each step of its graph that is not built in.</summary>
    public IEnumerable<long> FileBytes => Serving.Graph.Steps.Count == 0
        ? [Onnx.Length]
        : Serving.Graph.Steps.Where(step => !step.IsBuiltIn).Select(step => (long)(step.Model is { } member ? Members[member] : this).Onnx.Length);

    /// <summary>How the version wants to be served.</summary>
    public ServingConfiguration Serving { get; init; } = ServingConfiguration.Default;
}
