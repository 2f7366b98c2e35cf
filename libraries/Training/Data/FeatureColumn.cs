namespace ModelOps.Training.Data;

/// <summary>A feature a model reads.</summary>
/// <param name="Name">Name of the feature, and of the input of an exported model.</param>
public abstract record FeatureColumn(string Name);

/// <summary>A number. NaN stands for a missing value.</summary>
/// <param name="Name">Name of the feature.</param>
public sealed record NumericColumn(string Name) : FeatureColumn(Name);

/// <summary>One of a fixed set of texts.</summary>
public sealed record CategoricalColumn : FeatureColumn
{
    private readonly Dictionary<string, int> _codes;

    /// <param name="name">Name of the feature.</param>
    /// <param name="categories">The texts, each once; the order is that of the encoding.</param>
    public CategoricalColumn(string name, IReadOnlyList<string> categories) : base(name)
    {
        ArgumentNullException.ThrowIfNull(categories);
        Categories = [.. categories];
        _codes = new Dictionary<string, int>(Categories.Count, StringComparer.Ordinal);
        for (var code = 0; code < Categories.Count; code++)
        {
            if (!_codes.TryAdd(Categories[code], code))
            {
                throw new ArgumentException($"column {name}: category '{Categories[code]}' is named twice", nameof(categories));
            }
        }
    }

    /// <summary>The known texts.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>A column that knows every text in the values, in ordinal order, so that equal data give equal models.</summary>
    public static CategoricalColumn Of(string name, IEnumerable<string> values) =>
        new(name, [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    /// <summary>Position of a text among the categories, or -1 for an unknown one.</summary>
    public int CodeOf(string value) => _codes.GetValueOrDefault(value, -1);
}
