namespace ModelOps.Onnx;

/// <summary>What the inspection of a file found: a signature, or why the file is refused.</summary>
public sealed class ModelInspection
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private ModelInspection(ModelSignature? signature, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<ModelRefusal> refusals) =>
        (Signature, Metadata, Refusals) = (signature, metadata, refusals);

    /// <summary>What the model takes and gives; null when it is refused.</summary>
    public ModelSignature? Signature { get; }

    /// <summary>The file's metadata_props; empty when it is refused.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Why the file is refused, the first reasons found; empty when it is not.</summary>
    public IReadOnlyList<ModelRefusal> Refusals { get; }

    internal static ModelInspection Accepted(ModelSignature signature, IReadOnlyDictionary<string, string> metadata) => new(signature, metadata, []);

    internal static ModelInspection Refused(IReadOnlyList<ModelRefusal> refusals) => new(null, NoMetadata, refusals);
}

/// <summary>A rule that a file breaks.</summary>
/// <param name="Field">Where, as a path into the file, for example <c>graph.initializer[3].dims</c>.</param>
/// <param name="Rule">The rule and what was found instead, as the end of a sentence that starts with the field.</param>
public sealed record ModelRefusal(string Field, string Rule)
{
    /// <summary>The field and the rule as one sentence.</summary>
    public override string ToString() => $"{Field} {Rule}";
}
