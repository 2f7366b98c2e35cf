namespace ModelOps.Explanations.Trees;

/// <summary>
/// Shapley values of trees. The value of a set of known features is the path-dependent one of Lundberg: at a split on a known feature
/// the row decides, at any other both sides count by their share. Columns that come from one feature are one player, so a category is
/// explained as a whole and not indicator by indicator.
/// </summary>
internal sealed class TreeShap : IScoreModel
{
    private readonly TreeEnsemble _ensemble;
    private readonly SplitShares _shares;
    private readonly int[] _featureOf;
    private readonly TreeOrder _order;
    private readonly double[] _expected;

    /// <param name="ensemble">The trees.</param>
    /// <param name="order">Their order.</param>
    /// <param name="shares">What stands for what is not known.</param>
    /// <param name="featureOf">Feature that each column comes from.</param>
    public TreeShap(TreeEnsemble ensemble, TreeOrder order, SplitShares shares, int[] featureOf)
    {
        (_ensemble, _order, _shares, _featureOf) = (ensemble, order, shares, featureOf);
        _expected = [.. Enumerable.Range(0, ensemble.Bases.Length).Select(ExpectedOf)];
    }

    public int Scores => _ensemble.Bases.Length;

    public Baseline Baseline => _shares.Baseline;

    /// <summary>Why an ensemble takes more than the limits allow; null when it does not.</summary>
    public static string? Refuse(TreeEnsemble ensemble, TreeOrder order, int features, ExplanationLimits limits)
    {
        var depth = ensemble.Roots.Max(order.Depth);
        if (depth > limits.MaxDepth)
        {
            return $"a tree is {depth} splits deep, at most {limits.MaxDepth} are explained";
        }
        double length = Math.Min(depth, features);
        var steps = (ensemble.Roots.Sum(order.Paths) * length * length) + ((double)ensemble.Nodes.Length * ensemble.Bases.Length);
        return steps > limits.MaxStepsPerRow
            ? $"a row takes {steps:0} steps ({ensemble.Roots.Length} trees, {depth} splits deep), at most {limits.MaxStepsPerRow} are computed"
            : null;
    }

    public double Expected(int score) => _expected[score];

    public double Score(ReadOnlySpan<double> columns, int score)
    {
        var sum = _ensemble.Bases[score];
        foreach (var root in _ensemble.Roots)
        {
            sum += _ensemble.Weight(_ensemble.LeafOf(root, columns), score);
        }
        return sum;
    }

    public void Explain(ReadOnlySpan<double> columns, int score, Span<double> contributions, CancellationToken ct)
    {
        var path = new ShapPath(contributions.Length, _ensemble.Roots.Max(_order.Depth));
        foreach (var root in _ensemble.Roots)
        {
            ct.ThrowIfCancellationRequested();
            Visit(root, columns, score, path, contributions);
        }
    }

    // As deep as MaxDepth at most.
    private void Visit(int index, ReadOnlySpan<double> columns, int score, ShapPath path, Span<double> contributions)
    {
        var node = _ensemble.Nodes[index];
        if (node.IsLeaf)
        {
            if (_ensemble.Weight(index, score) is var weight && weight != 0)
            {
                path.AddTo(contributions, weight);
            }
            return;
        }
        var (feature, share, isTrue) = (_featureOf[node.Column], _shares.WhenTrue[index], node.IsTrue(columns[node.Column]));
        Descend(node.WhenTrue, feature, share, isTrue, columns, score, path, contributions);
        Descend(node.WhenFalse, feature, 1 - share, !isTrue, columns, score, path, contributions);
    }

    private void Descend(
        int child, int feature, double share, bool passes, ReadOnlySpan<double> columns, int score, ShapPath path, Span<double> contributions)
    {
        var before = path.Enter(feature, share, passes);
        if (!path.IsClosed(feature))
        {
            Visit(child, columns, score, path, contributions);
        }
        path.Leave(before);
    }

    private double ExpectedOf(int score)
    {
        var expected = new double[_ensemble.Nodes.Length];
        foreach (var index in _order.Nodes)
        {
            var node = _ensemble.Nodes[index];
            var share = _shares.WhenTrue[index];
            expected[index] = node.IsLeaf
                ? _ensemble.Weight(index, score)
                : (share * expected[node.WhenTrue]) + ((1 - share) * expected[node.WhenFalse]);
        }
        return _ensemble.Bases[score] + _ensemble.Roots.Sum(root => expected[root]);
    }
}
