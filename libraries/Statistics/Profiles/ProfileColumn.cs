using ModelOps.Statistics.Comparison;

namespace ModelOps.Statistics.Profiles;

/// <summary>Values of one feature, one a row.</summary>
/// <param name="Name">Name of the feature.</param>
public abstract record ProfileColumn(string Name)
{
    /// <summary>Number of rows.</summary>
    public abstract int Rows { get; }
}

/// <summary>
/// A feature that is a number. It counts in single precision, as models read it, so that a 0.1 that came as a float and one that came as a
/// double are the same value; NaN, infinity and what is infinite in single precision are missing values.
/// </summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Values">One a row.</param>
public sealed record NumericProfileColumn(string Name, double[] Values) : ProfileColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Values.Length;

    /// <summary>The values that are not missing, in single precision.</summary>
    internal double[] Measured => WeightedSample.Measured(Array.ConvertAll(Values, value => (double)(float)value));
}

/// <summary>A feature that is a text. Null is a missing value; the empty text is a value.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Values">One a row.</param>
public sealed record CategoricalProfileColumn(string Name, string?[] Values) : ProfileColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Values.Length;
}
