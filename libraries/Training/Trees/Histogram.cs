namespace ModelOps.Training.Trees;

/// <summary>Sums over some rows.</summary>
internal struct Sums
{
    public double Gradient;
    public double Hessian;
    public int Rows;

    public static Sums operator +(Sums a, Sums b) =>
        new() { Gradient = a.Gradient + b.Gradient, Hessian = a.Hessian + b.Hessian, Rows = a.Rows + b.Rows };

    public static Sums operator -(Sums a, Sums b) =>
        new() { Gradient = a.Gradient - b.Gradient, Hessian = a.Hessian - b.Hessian, Rows = a.Rows - b.Rows };
}

/// <summary>Sums of gradient and hessian by bin of one column.</summary>
internal static class Histogram
{
    /// <summary>Adds the rows in their order, so that the sums do not depend on threads.</summary>
    public static Sums[] Of(BinnedColumn column, ReadOnlySpan<int> rows, double[] gradients, double[] hessians)
    {
        var sums = new Sums[column.Known + 1];
        foreach (var row in rows)
        {
            ref var bin = ref sums[column.Bins[row]];
            bin.Gradient += gradients[row];
            bin.Hessian += hessians[row];
            bin.Rows++;
        }
        return sums;
    }
}
