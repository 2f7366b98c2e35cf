namespace ModelOps.Gateway.Routing;

/// <summary>Random bits for spreading load, from a seed: SplitMix64, shared by all requests without a lock.</summary>
internal sealed class RandomBits(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
