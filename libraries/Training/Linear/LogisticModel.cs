using ModelOps.Training.Data;

namespace ModelOps.Training.Linear;

/// <summary>A fitted logistic regression; the standardization of its inputs is part of it.</summary>
public sealed class LogisticModel
{
    private readonly double[] _coefficients;
    private readonly double[] _columnMeans;

    internal LogisticModel(
        IReadOnlyList<FeatureColumn> columns, IReadOnlyList<Standardization?> standardizations, double[] coefficients, double intercept, double[] columnMeans)
    {
        _columnMeans = columnMeans;
        Columns = columns;
        Standardizations = standardizations;
        _coefficients = coefficients;
        Intercept = intercept;
    }

    /// <summary>The features, in the order of the training table.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Shift and scale of each numeric column; null for a categorical one.</summary>
    public IReadOnlyList<Standardization?> Standardizations { get; }

    /// <summary>One coefficient for each numeric column and for each category, in the order of the columns.</summary>
    public ReadOnlySpan<double> Coefficients => _coefficients;

    /// <summary>Mean over the training rows of what each coefficient is multiplied with.</summary>
    public ReadOnlySpan<double> ColumnMeans => _columnMeans;

    /// <summary>Score of a row whose standardized numbers and indicators are all zero.</summary>
    public double Intercept { get; }

    /// <summary>Probability of the positive class for every row. A category the model does not know counts as none.</summary>
    /// <exception cref="ArgumentException">The table has other columns than the model.</exception>
    public double[] Predict(TrainingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.RefuseOtherThan(Columns);
        var design = DesignMatrix.Of(table, Columns, Standardizations);
        double[] weights = [.. _coefficients, Intercept];
        var probabilities = new double[design.Rows];
        for (var row = 0; row < design.Rows; row++)
        {
            probabilities[row] = Logistic.Sigmoid(Logistic.Dot(design.Row(row), weights));
        }
        return probabilities;
    }
}
