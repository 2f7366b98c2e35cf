using MathNet.Numerics.Distributions;

namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Whether a count can come from a share.</summary>
public static class BinomialShare
{
    private const double Tail = 0.0005;

    /// <summary>True when neither so few nor so many successes have a probability under 0.05 %: the interval that holds 99.9 %.</summary>
    public static bool IsPlausible(int successes, int trials, double share)
    {
        var atMost = Binomial.CDF(share, trials, successes);
        var atLeast = successes == 0 ? 1 : 1 - Binomial.CDF(share, trials, successes - 1);
        return share >= 1 ? successes == trials : atMost >= Tail && atLeast >= Tail;
    }
}
