namespace ModelOps.Training.Linear;

/// <summary>The logistic function and its loss, without overflow at either end.</summary>
internal static class Logistic
{
    public static double Sigmoid(double score) =>
        score >= 0 ? 1 / (1 + Math.Exp(-score)) : Math.Exp(score) / (1 + Math.Exp(score));

    /// <summary>Negative log likelihood of a row whose score, signed so that larger is better, is this.</summary>
    public static double Loss(double margin) =>
        margin >= 0 ? double.LogP1(Math.Exp(-margin)) : double.LogP1(Math.Exp(margin)) - margin;

    /// <summary>Summed from left to right: vectorized sums differ between processors, and models must not.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        double sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * weights[i];
        }
        return sum;
    }
}
