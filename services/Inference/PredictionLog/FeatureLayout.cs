using System.Collections.Frozen;
using System.Globalization;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Under which names the inputs of a model are logged: an input of one column under its own, a matrix by column. What is redacted is
/// left out altogether: to those who read the log it is not there, and not a value that was missing.
/// </summary>
internal sealed class FeatureLayout(LoadedModel model)
{
    private const int MostColumns = 256;
    private const int LongestName = 128;
    private readonly string[]?[] _names = new string[]?[model.Schema.Inputs.Length];
    private readonly FrozenSet<string> _features = model.Serving.PredictionLog.RedactedFeatures.ToFrozenSet(StringComparer.Ordinal);
    private LoggedColumns? _last;
    private readonly FrozenSet<string> _entities = model.Serving.PredictionLog.RedactedEntities.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True when some feature is redacted.</summary>
    public bool Redacts => _features.Count > 0;

    /// <summary>Rows of a request: the first dimension that its inputs share, else 1.</summary>
    public static int Rows(BoundInputs inputs)
    {
        long? rows = null;
        foreach (ref readonly var input in inputs.Inputs)
        {
            if (input.Shape is [var first, ..] && (rows ??= first) != first)
            {
                return 1;
            }
        }
        return (int)(rows ?? 1);
    }

    /// <summary>Names that features of a model can be redacted by: of inputs, a matrix as a whole among them, and of columns.</summary>
    public static IEnumerable<string> Names(LoadedModel model) =>
    [
        .. model.Card.FeatureNames,
        .. model.Schema.Inputs.Select(input => input.Name),
        .. model.Schema.Inputs.Where(input => input.Shape.Length == 2)
            .SelectMany(input => Enumerable.Range(0, (int)Math.Min(input.Shape[1] < 0 ? MostColumns : input.Shape[1], MostColumns)), (input, column) => ColumnName(input.Name, column)),
    ];

    /// <summary>Whether a feature is left out.</summary>
    public bool IsRedacted(string feature) => _features.Contains(feature);

    /// <summary>Whether an entity key is left out.</summary>
    public bool IsRedactedEntity(string joinKey) => _entities.Contains(joinKey) || _features.Contains(joinKey);

    /// <summary>What is logged of a request: made once for all requests of the same columns that follow each other.</summary>
    public LoggedColumns Columns(BoundInputs inputs, string environment)
    {
        var rows = Rows(inputs);
        var last = Volatile.Read(ref _last);
        var isSame = last?.Environment == environment;
        for (var ordinal = 0; ordinal < inputs.Inputs.Length && isSame; ordinal++)
        {
            isSame = Columns(ordinal, inputs.Inputs[ordinal].Shape!, rows) == last!.Names[ordinal];
        }
        if (!isSame)
        {
            last = LoggedColumns.Of(model, environment, [.. Enumerable.Range(0, inputs.Inputs.Length).Select(ordinal => Columns(ordinal, inputs.Inputs[ordinal].Shape!, rows))]);
            Volatile.Write(ref _last, last);
        }
        return last!;
    }

    /// <summary>Names of an input's columns, an empty one for a column that is redacted; none for an input that is not logged: one of more than two dimensions, or of too many columns, or one whose name is longer than a feature's may be.</summary>
    private string[] Columns(int ordinal, long[] shape, int rows)
    {
        if (shape is not ([_] or [_, >= 1 and <= MostColumns]) || shape[0] != rows)
        {
            return [];
        }
        var columns = shape.Length == 1 ? 1 : (int)shape[1];
        return _names[ordinal] is { } known && (known.Length == columns || known.Length == 0) ? known : _names[ordinal] = Name(ordinal, columns);
    }

    private string[] Name(int ordinal, int columns)
    {
        var input = model.Schema.Inputs[ordinal].Name;
        var features = model.Card.FeatureNames;
        var isNamedMatrix = columns > 1 && model.Schema.Inputs.Length == 1 && features.Length == columns && features.Distinct(StringComparer.Ordinal).Count() == columns;
        string[] names = isNamedMatrix ? features
            : columns == 1 ? [input]
            : [.. Enumerable.Range(0, columns).Select(column => ColumnName(input, column))];
        return names.Any(name => name.Length is 0 or > LongestName)
            ? []
            : [.. names.Select(name => IsRedacted(name) || IsRedacted(input) ? "" : name)];
    }

    private static string ColumnName(string input, int column) => string.Create(CultureInfo.InvariantCulture, $"{input}[{column}]");
}
