namespace ModelOps.Gateway.Routing;

/// <summary>
/// Who stays on one side while a version is tried: a pure function from the caller's key to a place in [0, 1). Keys below the weight get
/// the candidate, so a larger weight only moves keys toward it.
/// </summary>
internal static class RoutingKey
{
    /// <summary>Header with the caller's key, for example a user's identity; without it every prediction is a key of its own.</summary>
    public const string Header = "x-modelops-routing-key";

    /// <summary>The rule in words.</summary>
    public const string Rule = "must be 1 to 256 visible ASCII characters";

    /// <summary>The caller's key, or the prediction's identity; null when the caller's breaks the rule.</summary>
    public static string? Of(string? given, string predictionId) => given is null ? predictionId : IsValid(given) ? given : null;

    /// <summary>
    /// The place of a key. The seed is the model with the candidate: another candidate is tried on other callers, and the same one on
    /// the same callers by every gateway.
    /// </summary>
    public static double PlaceOf(string key, string model, long candidate)
    {
        var seed = Mix(Fold(Offset, model) + (ulong)candidate);
        return (Mix(Mix(Fold(Offset, key)) + seed) >> 11) * (1.0 / (1UL << 53));
    }

    private const ulong Offset = 0xCBF29CE484222325;

    // FNV-1a, whose high bits are weak on short texts; the mixing makes up for it.
    private static ulong Fold(ulong hash, string text)
    {
        foreach (var c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }
        return hash;
    }

    // The finalizer of SplitMix64: every bit of the input decides over every bit of the output.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static bool IsValid(string key) => key.Length is >= 1 and <= 256 && key.All(c => c is > ' ' and <= '~');
}
