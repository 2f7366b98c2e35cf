using ModelOps.Training.Data;

namespace ModelOps.Training.Linear;

/// <summary>How a numeric column is shifted and scaled before the linear part.</summary>
/// <param name="Mean">Mean of the training rows.</param>
/// <param name="Scale">One over their standard deviation; 1 for a constant column.</param>
public readonly record struct Standardization(double Mean, double Scale)
{
    internal static Standardization Of(TrainingTable table, int column)
    {
        var values = table.Numeric(column);
        double mean = 0, squares = 0;
        for (var row = 0; row < values.Length; row++)
        {
            if (!float.IsFinite(values[row]))
            {
                throw new ArgumentException(
                    $"column {table.Columns[column].Name}, row {row}: {values[row]} is no finite number; logistic regression takes no missing values");
            }
            // Welford: one pass, and no cancellation when the mean is large against the spread.
            var delta = values[row] - mean;
            mean += delta / (row + 1);
            squares += delta * (values[row] - mean);
        }
        var deviation = Math.Sqrt(squares / values.Length);
        return new Standardization(mean, deviation > 0 ? 1 / deviation : 1);
    }
}
