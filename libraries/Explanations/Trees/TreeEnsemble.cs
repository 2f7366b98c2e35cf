namespace ModelOps.Explanations.Trees;

/// <summary>How a split compares a row's value with its own; NaN compares as IEEE 754 says.</summary>
internal enum BranchMode : byte
{
    Leaf, LessOrEqual, Less, GreaterOrEqual, Greater, Equal, NotEqual,
}

/// <summary>A split, or a leaf.</summary>
/// <param name="Mode">The comparison.</param>
/// <param name="Column">Column that is compared.</param>
/// <param name="Threshold">What it is compared with.</param>
/// <param name="MissingIsTrue">Whether NaN takes the true side whatever the comparison says.</param>
/// <param name="WhenTrue">Index of the true side's node.</param>
/// <param name="WhenFalse">Index of the false side's node.</param>
internal readonly record struct EnsembleNode(BranchMode Mode, int Column, double Threshold, bool MissingIsTrue, int WhenTrue, int WhenFalse)
{
    public bool IsLeaf => Mode == BranchMode.Leaf;

    public bool IsTrue(double value) => (MissingIsTrue && double.IsNaN(value)) || Mode switch
    {
        BranchMode.LessOrEqual => value <= Threshold,
        BranchMode.Less => value < Threshold,
        BranchMode.GreaterOrEqual => value >= Threshold,
        BranchMode.Greater => value > Threshold,
        BranchMode.Equal => value == Threshold,
        _ => value != Threshold,
    };
}

/// <summary>What a leaf adds to a score.</summary>
internal readonly record struct LeafWeight(int Score, double Weight);

/// <summary>Trees whose leaves add up to scores.</summary>
/// <param name="Nodes">Nodes of all trees. Branches may share a child; none leads back.</param>
/// <param name="Roots">The trees.</param>
/// <param name="Leaves">Weights by node; empty for a split.</param>
/// <param name="Bases">Scores before any tree.</param>
internal sealed record TreeEnsemble(EnsembleNode[] Nodes, int[] Roots, LeafWeight[][] Leaves, double[] Bases)
{
    public double Weight(int leaf, int score)
    {
        double sum = 0;
        foreach (var weight in Leaves[leaf])
        {
            sum += weight.Score == score ? weight.Weight : 0;
        }
        return sum;
    }

    public int LeafOf(int root, ReadOnlySpan<double> columns)
    {
        var node = root;
        while (!Nodes[node].IsLeaf)
        {
            node = Nodes[node].IsTrue(columns[Nodes[node].Column]) ? Nodes[node].WhenTrue : Nodes[node].WhenFalse;
        }
        return node;
    }
}
