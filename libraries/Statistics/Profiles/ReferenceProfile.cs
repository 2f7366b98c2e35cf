namespace ModelOps.Statistics.Profiles;

/// <summary>
/// How the features of a model were distributed where it was trained: what later rows are compared with, without the rows themselves.
/// As JSON (schema `modelops.profile/v1`) it takes at most 1 MiB; equal rows give equal bytes.
/// </summary>
public sealed class ReferenceProfile
{
    /// <summary>Name and version of the format.</summary>
    public const string Schema = "modelops.profile/v1";

    /// <summary>Largest JSON, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Most features.</summary>
    public const int MaxFeatures = 10_000;

    internal ReferenceProfile(long rows, IReadOnlyList<FeatureProfile> features)
    {
        Rows = rows;
        Features = features;
    }

    /// <summary>Rows it was made of.</summary>
    public long Rows { get; }

    /// <summary>The features, in the order of the columns.</summary>
    public IReadOnlyList<FeatureProfile> Features { get; }

    /// <summary>
    /// Profiles columns of equal length. A profile that would not fit <see cref="MaxBytes"/> keeps fewer quantiles and categories of each feature.
    /// </summary>
    /// <exception cref="ArgumentException">There is no column or no row, lengths differ, a name stands twice, or too many features to fit.</exception>
    public static ReferenceProfile Build(IReadOnlyList<ProfileColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Refuse(columns);
        for (var resolution = ProfileResolution.Full; resolution.IsUseful; resolution = resolution.Halved())
        {
            var profile = new ReferenceProfile(columns[0].Rows, [.. columns.Select(column => FeatureProfiler.Profile(column, resolution))]);
            if (profile.ToJson().Length <= MaxBytes)
            {
                return profile;
            }
        }
        throw new ArgumentException($"the profile of {columns.Count} columns does not fit {MaxBytes} bytes", nameof(columns));
    }

    /// <summary>UTF-8 JSON; equal profiles give equal bytes.</summary>
    public byte[] ToJson() => ProfileJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote, trusting nothing.</summary>
    /// <exception cref="FormatException">It is no such profile; the message names the field and the rule.</exception>
    public static ReferenceProfile Parse(ReadOnlyMemory<byte> json) => ProfileParser.Parse(json);

    private static void Refuse(IReadOnlyList<ProfileColumn> columns)
    {
        if (columns.Count is 0 or > MaxFeatures)
        {
            throw new ArgumentException($"{columns.Count} columns; there must be 1 to {MaxFeatures}", nameof(columns));
        }
        if (columns[0].Rows == 0)
        {
            throw new ArgumentException("there is no row to profile", nameof(columns));
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (column.Rows != columns[0].Rows)
            {
                throw new ArgumentException($"column {column.Name} has {column.Rows} rows, column {columns[0].Name} has {columns[0].Rows}", nameof(columns));
            }
            if (!names.Add(column.Name))
            {
                throw new ArgumentException($"column {column.Name} is there twice", nameof(columns));
            }
        }
    }
}
