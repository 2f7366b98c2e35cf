namespace ModelOps.Training.Trees;

/// <summary>How rows of a node are divided, and what it gains.</summary>
/// <param name="Column">Column that is asked.</param>
/// <param name="Bin">Numbers: the last bin that goes left. Categories: the one that goes right.</param>
/// <param name="MissingLeft">Whether missing values go left.</param>
/// <param name="Gain">Drop of the objective, to the second order.</param>
internal sealed record Split(int Column, int Bin, bool MissingLeft, double Gain);

/// <summary>Finds the best division of one column.</summary>
internal sealed class SplitFinder(int minSamplesLeaf, double l2)
{
    /// <summary>With less curvature a leaf's value is noise.</summary>
    private const double MinHessian = 1e-3;
    private const double MinGain = 1e-9;

    /// <summary>The best division, or null when none is allowed or helps; the first of equal ones.</summary>
    public Split? Find(int column, BinnedColumn binned, Sums[] histogram, Sums node)
    {
        var best = new Split(column, -1, false, MinGain);
        if (binned.IsCategorical)
        {
            for (var category = 0; category < binned.Known; category++)
            {
                best = Better(best, category, missingLeft: true, node - histogram[category], histogram[category], node);
            }
        }
        else
        {
            var missing = histogram[binned.Known];
            Sums left = default;
            for (var bin = 0; bin < binned.Known - 1; bin++)
            {
                left += histogram[bin];
                best = Numbers(best, bin, left, missing, node);
            }
        }
        return best.Bin < 0 ? null : best;
    }

    /// <summary>Score of a leaf that holds such rows, times the learning rate to come.</summary>
    public double LeafValue(Sums rows) => rows.Hessian + l2 > 1e-12 ? -rows.Gradient / (rows.Hessian + l2) : 0;

    private Split Numbers(Split best, int bin, Sums left, Sums missing, Sums node)
    {
        var right = node - left - missing;
        if (missing.Rows == 0)
        {
            // No row says where a missing value belongs: to the larger side.
            return Better(best, bin, left.Rows >= right.Rows, left, right, node);
        }
        best = Better(best, bin, missingLeft: true, left + missing, right, node);
        return Better(best, bin, missingLeft: false, left, right + missing, node);
    }

    private Split Better(Split best, int bin, bool missingLeft, Sums left, Sums right, Sums node)
    {
        if (left.Rows < minSamplesLeaf || right.Rows < minSamplesLeaf || left.Hessian < MinHessian || right.Hessian < MinHessian)
        {
            return best;
        }
        var gain = (Quality(left) + Quality(right) - Quality(node)) / 2;
        return gain > best.Gain ? best with { Bin = bin, MissingLeft = missingLeft, Gain = gain } : best;
    }

    private double Quality(Sums rows) => rows.Gradient * rows.Gradient / (rows.Hessian + l2);
}
