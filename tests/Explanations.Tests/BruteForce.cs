using System.Numerics;
using ModelOps.Explanations.Trees;

namespace ModelOps.Explanations.Tests;

/// <summary>Shapley values as they are defined: over all subsets of the features.</summary>
internal static class BruteForce
{
    /// <param name="ensemble">The trees.</param>
    /// <param name="shares">Shares of the true sides.</param>
    /// <param name="featureOf">Feature of each column.</param>
    /// <param name="columns">The row.</param>
    /// <param name="score">The score.</param>
    /// <param name="features">Number of features.</param>
    public static double[] Values(TreeEnsemble ensemble, double[] shares, int[] featureOf, double[] columns, int score, int features)
    {
        double[] worth = [.. Enumerable.Range(0, 1 << features).Select(known =>
            ensemble.Bases[score] + ensemble.Roots.Sum(root => Worth(ensemble, shares, featureOf, columns, score, root, known)))];
        return [.. Enumerable.Range(0, features).Select(feature => Enumerable.Range(0, 1 << features)
            .Where(known => (known & (1 << feature)) == 0)
            .Sum(known => (worth[known | (1 << feature)] - worth[known]) * Weight(BitOperations.PopCount((uint)known), features)))];
    }

    private static double Worth(TreeEnsemble ensemble, double[] shares, int[] featureOf, double[] columns, int score, int index, int known)
    {
        var node = ensemble.Nodes[index];
        if (node.IsLeaf)
        {
            return ensemble.Weight(index, score);
        }
        double Of(int child) => Worth(ensemble, shares, featureOf, columns, score, child, known);
        if ((known & (1 << featureOf[node.Column])) != 0)
        {
            return Of(node.IsTrue(columns[node.Column]) ? node.WhenTrue : node.WhenFalse);
        }
        return (shares[index] * Of(node.WhenTrue)) + ((1 - shares[index]) * Of(node.WhenFalse));
    }

    private static double Weight(int size, int features) => Factorial(size) * Factorial(features - size - 1) / Factorial(features);

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
