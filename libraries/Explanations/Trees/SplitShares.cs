namespace ModelOps.Explanations.Trees;

/// <summary>Of the rows that reach a split, the share that takes the true side: what stands for a feature that is not known.</summary>
/// <param name="WhenTrue">By node, 0 to 1.</param>
/// <param name="Baseline">Where the shares are from.</param>
internal sealed record SplitShares(double[] WhenTrue, Baseline Baseline)
{
    private const double Tolerance = 1e-3;

    /// <summary>Both sides alike.</summary>
    public static SplitShares Uniform(TreeEnsemble ensemble)
    {
        var shares = new double[ensemble.Nodes.Length];
        Array.Fill(shares, 0.5);
        return new(shares, Baseline.Uniform);
    }

    /// <summary>The shares that hit rates record.</summary>
    /// <returns>
    /// Null when they record none: converters write a 1 for every node, so rates count only where those of both sides add up to their split's.
    /// </returns>
    public static SplitShares? OfHitRates(TreeEnsemble ensemble, IReadOnlyList<double> rates)
    {
        if (rates.Count != ensemble.Nodes.Length || ensemble.Roots.Any(root => !ensemble.Nodes[root].IsLeaf && !(rates[root] > 0)))
        {
            return null;
        }
        var shares = new double[rates.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            var node = ensemble.Nodes[i];
            if (node.IsLeaf)
            {
                continue;
            }
            var (whenTrue, whenFalse) = (rates[node.WhenTrue], rates[node.WhenFalse]);
            var sum = whenTrue + whenFalse;
            if (!(whenTrue >= 0 && whenFalse >= 0 && Math.Abs(sum - rates[i]) <= Tolerance * sum))
            {
                return null;
            }
            // A split that no row reached counts both sides alike.
            shares[i] = sum > 0 ? whenTrue / sum : 0.5;
        }
        return new(shares, Baseline.TrainingData);
    }

    /// <summary>The shares of a sample of rows; both sides alike where none of them comes by.</summary>
    public static SplitShares OfSample(TreeEnsemble ensemble, IReadOnlyList<double[]> rows)
    {
        var (whenTrue, reached) = (new long[ensemble.Nodes.Length], new long[ensemble.Nodes.Length]);
        foreach (var row in rows)
        {
            foreach (var root in ensemble.Roots)
            {
                for (var index = root; !ensemble.Nodes[index].IsLeaf;)
                {
                    var node = ensemble.Nodes[index];
                    var isTrue = node.IsTrue(row[node.Column]);
                    reached[index]++;
                    whenTrue[index] += isTrue ? 1 : 0;
                    index = isTrue ? node.WhenTrue : node.WhenFalse;
                }
            }
        }
        return new([.. reached.Select((count, i) => count == 0 ? 0.5 : (double)whenTrue[i] / count)], Baseline.Sample);
    }
}
