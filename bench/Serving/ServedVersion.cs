namespace ModelOps.Bench.Serving;

/// <summary>A version that the replica is told to hold.</summary>
/// <param name="Model">What is served.</param>
/// <param name="Version">Its number; 1 answers when a request names none.</param>
/// <param name="Serving">How it wants to be served, as the Registry keeps it; empty: every default.</param>
internal sealed record ServedVersion(ServedModel Model, long Version = 1, string Serving = "")
{
    /// <summary>Number of a model's version that batches as it does by itself.</summary>
    public const long Batched = 1;

    /// <summary>Number of a model's version of which every request is a run of its own.</summary>
    public const long Unbatched = 2;

    /// <summary>Every request is a run of its own.</summary>
    public const string WithoutBatching = """{"batching":{"enabled":false}}""";

    /// <summary>On the first CUDA device, or not at all.</summary>
    public const string OnCuda = """{"execution":{"providers":["cuda"]}}""";
}
