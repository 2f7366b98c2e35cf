namespace ModelOps.Training.Trees;

/// <summary>A decision, or a leaf.</summary>
/// <param name="Column">Feature that is asked.</param>
/// <param name="Category">Code of the category that goes right, or -1 for a decision on a number.</param>
/// <param name="Threshold">Numbers up to it go left. A float, so that training, prediction and every runtime decide alike.</param>
/// <param name="MissingLeft">Whether a missing number goes left.</param>
/// <param name="Left">Index of the left child; -1 for a leaf.</param>
/// <param name="Right">Index of the right child.</param>
/// <param name="Value">What a leaf adds to the score.</param>
/// <param name="Rows">Training rows that came by.</param>
internal readonly record struct TreeNode(int Column, int Category, float Threshold, bool MissingLeft, int Left, int Right, float Value, int Rows)
{
    public bool IsLeaf => Left < 0;

    public static TreeNode Leaf(float value, int rows) => new(0, -1, 0, false, -1, -1, value, rows);
}

/// <summary>A regression tree; the first node is the root.</summary>
internal sealed record Tree(TreeNode[] Nodes)
{
    public static Tree Constant(float value) => new([TreeNode.Leaf(value, rows: 0)]);

    /// <summary>What the tree adds for a row.</summary>
    /// <param name="rows">The table's columns.</param>
    /// <param name="row">The row.</param>
    public float Score(TreeInput rows, int row)
    {
        var node = Nodes[0];
        while (!node.IsLeaf)
        {
            var left = node.Category >= 0 ? rows.Code(node.Column, row) != node.Category
                : rows.Number(node.Column, row) is var number && float.IsNaN(number) ? node.MissingLeft
                : number <= node.Threshold;
            node = Nodes[left ? node.Left : node.Right];
        }
        return node.Value;
    }
}
