namespace ModelOps.Statistics.Profiles;

/// <summary>How much of each feature a profile keeps.</summary>
/// <param name="Quantiles">Order statistics of a number.</param>
/// <param name="Categories">Most frequent texts.</param>
internal readonly record struct ProfileResolution(int Quantiles, int Categories)
{
    /// <summary>Numbers with at most this many distinct values are counted by value.</summary>
    public const int DistinctValues = 50;

    public static ProfileResolution Full { get; } = new(2_048, 1_000);

    /// <summary>Below this a comparison with the profile would differ from one with the rows.</summary>
    public bool IsUseful => Quantiles >= 16;

    public ProfileResolution Halved() => new(Quantiles / 2, Categories / 2);
}
