using System.Text;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Under which names the inputs of a model are logged: an input of one column under its own, a matrix by column.</summary>
internal sealed class FeatureLayout(LoadedModel model)
{
    private const int MostColumns = 256;
    private const int LongestName = 128;
    private readonly byte[][]?[] _names = new byte[][]?[model.Schema.Inputs.Length];

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

    /// <summary>Names of an input's columns in UTF-8; empty for an input that is not logged: one of more than two dimensions, or of too many columns, or one whose name is longer than a feature's may be.</summary>
    public byte[][] Columns(int ordinal, long[] shape, int rows)
    {
        if (shape is not ([_] or [_, >= 1 and <= MostColumns]) || shape[0] != rows)
        {
            return [];
        }
        var columns = shape.Length == 1 ? 1 : (int)shape[1];
        return _names[ordinal] is { } known && (known.Length == columns || known.Length == 0) ? known : _names[ordinal] = Name(ordinal, columns);
    }

    private byte[][] Name(int ordinal, int columns)
    {
        var input = model.Schema.Inputs[ordinal].Name;
        var features = model.Card.FeatureNames;
        var isNamedMatrix = columns > 1 && model.Schema.Inputs.Length == 1 && features.Length == columns && features.Distinct(StringComparer.Ordinal).Count() == columns;
        string[] names = isNamedMatrix ? features
            : columns == 1 ? [input]
            : [.. Enumerable.Range(0, columns).Select(column => $"{input}[{column}]")];
        return names.Any(name => name.Length is 0 or > LongestName) ? [] : [.. names.Select(Encoding.UTF8.GetBytes)];
    }
}
