namespace ModelOps.FeatureStore.Values;

/// <summary>Type of a feature or join key; the numbers are those of the wire and of the database.</summary>
internal enum FeatureType
{
    /// <summary>None: the type of null.</summary>
    None = 0,
    Bool = 1,
    Int64 = 2,
    Double = 3,
    String = 4,
}

/// <summary>A feature: its name and type.</summary>
internal sealed record Field(string Name, FeatureType Type);

/// <summary>What a value read from the store is; the numbers are those of the wire.</summary>
internal enum FeatureStatus
{
    Present = 1,
    NullValue = 2,
    NotFound = 3,
    OutsideMaxAge = 4,
}

/// <summary>The names of types and statuses in files and in JSON.</summary>
internal static class FeatureNames
{
    /// <summary>Every type by its name in a definitions file.</summary>
    public static IReadOnlyDictionary<string, FeatureType> Types { get; } = new Dictionary<string, FeatureType>(StringComparer.Ordinal)
    {
        ["bool"] = FeatureType.Bool,
        ["int64"] = FeatureType.Int64,
        ["double"] = FeatureType.Double,
        ["string"] = FeatureType.String,
    };

    /// <summary>Name of a type.</summary>
    public static string Of(FeatureType type) => type switch
    {
        FeatureType.Bool => "bool",
        FeatureType.Int64 => "int64",
        FeatureType.Double => "double",
        FeatureType.String => "string",
        _ => "null",
    };

    /// <summary>Name of a status in JSON.</summary>
    public static string Of(FeatureStatus status) => status switch
    {
        FeatureStatus.Present => "PRESENT",
        FeatureStatus.NullValue => "NULL_VALUE",
        FeatureStatus.NotFound => "NOT_FOUND",
        _ => "OUTSIDE_MAX_AGE",
    };
}
