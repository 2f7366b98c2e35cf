namespace ModelOps.Statistics.Profiles;

/// <summary>Values of one feature, one a row.</summary>
/// <param name="Name">Name of the feature.</param>
public abstract record ProfileColumn(string Name)
{
    /// <summary>Number of rows.</summary>
    public abstract int Rows { get; }
}

/// <summary>A feature that is a number. NaN, infinity and numbers beyond 1e150 are missing values.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Values">One a row.</param>
public sealed record NumericProfileColumn(string Name, double[] Values) : ProfileColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Values.Length;
}

/// <summary>A feature that is a text. Null is a missing value; the empty text is a value.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Values">One a row.</param>
public sealed record CategoricalProfileColumn(string Name, string?[] Values) : ProfileColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Values.Length;
}
