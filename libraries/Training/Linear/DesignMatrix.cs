using ModelOps.Training.Data;

namespace ModelOps.Training.Linear;

/// <summary>The rows as the linear part sees them: standardized numbers, one indicator a category, and a final 1 for the intercept.</summary>
internal sealed class DesignMatrix
{
    private readonly double[] _values;

    private DesignMatrix(double[] values, int rows, int width)
    {
        _values = values;
        Rows = rows;
        Width = width;
    }

    public int Rows { get; }

    /// <summary>Coefficients, the intercept included.</summary>
    public int Width { get; }

    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Width, Width);

    /// <summary>Mean of every column over the rows.</summary>
    public double[] Means()
    {
        var means = new double[Width];
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                means[column] += _values[(row * Width) + column] / Rows;
            }
        }
        return means;
    }

    /// <summary>Encodes a table as the model's columns say.</summary>
    public static DesignMatrix Of(TrainingTable table, IReadOnlyList<FeatureColumn> columns, IReadOnlyList<Standardization?> standardizations)
    {
        var width = WidthOf(columns);
        var values = new double[table.RowCount * width];
        var offset = 0;
        for (var column = 0; column < columns.Count; column++)
        {
            if (columns[column] is CategoricalColumn categorical)
            {
                var codes = table.CodesAs(column, categorical);
                for (var row = 0; row < codes.Length; row++)
                {
                    if (codes[row] >= 0)
                    {
                        values[(row * width) + offset + codes[row]] = 1;
                    }
                }
                offset += categorical.Categories.Count;
            }
            else
            {
                var (mean, scale) = standardizations[column]!.Value;
                var numbers = table.Numeric(column);
                for (var row = 0; row < numbers.Length; row++)
                {
                    values[(row * width) + offset] = (numbers[row] - mean) * scale;
                }
                offset++;
            }
        }
        for (var row = 0; row < table.RowCount; row++)
        {
            values[(row * width) + width - 1] = 1;
        }
        return new DesignMatrix(values, table.RowCount, width);
    }

    private static int WidthOf(IReadOnlyList<FeatureColumn> columns) =>
        columns.Sum(column => column is CategoricalColumn categorical ? categorical.Categories.Count : 1) + 1;
}
