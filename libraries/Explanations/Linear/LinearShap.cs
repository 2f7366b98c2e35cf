namespace ModelOps.Explanations.Linear;

/// <summary>Shapley values of linear scores: coefficient times distance from the mean, added up over the columns of a feature.</summary>
/// <param name="coefficients">By score, then by column.</param>
/// <param name="intercepts">One per score.</param>
/// <param name="means">What stands for a column that is not known.</param>
/// <param name="baseline">Where the means are from.</param>
/// <param name="featureOf">Feature that each column comes from.</param>
internal sealed class LinearShap(double[][] coefficients, double[] intercepts, double[] means, Baseline baseline, int[] featureOf) : IScoreModel
{
    public int Scores => intercepts.Length;

    public Baseline Baseline => baseline;

    public double Expected(int score) => Score(means, score);

    public double Score(ReadOnlySpan<double> columns, int score)
    {
        var sum = intercepts[score];
        for (var column = 0; column < columns.Length; column++)
        {
            sum += coefficients[score][column] * columns[column];
        }
        return sum;
    }

    public void Explain(ReadOnlySpan<double> columns, int score, Span<double> contributions, CancellationToken ct)
    {
        for (var column = 0; column < columns.Length; column++)
        {
            contributions[featureOf[column]] += coefficients[score][column] * (columns[column] - means[column]);
        }
    }
}
