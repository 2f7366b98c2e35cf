namespace ModelOps.Explanations.Trees;

/// <summary>The nodes of an ensemble, children before parents, and how much there is below each; made without recursion, whatever the depth.</summary>
internal sealed class TreeOrder
{
    private readonly int[] _depths;
    private readonly double[] _paths;

    private TreeOrder(int nodes)
    {
        _depths = new int[nodes];
        _paths = new double[nodes];
    }

    /// <summary>Nodes that a root leads to, children before parents.</summary>
    public required IReadOnlyList<int> Nodes { get; init; }

    /// <summary>Most splits from a node to a leaf.</summary>
    public int Depth(int node) => _depths[node];

    /// <summary>Ways from a node to a leaf; more than one to the same leaf where branches share a child.</summary>
    public double Paths(int node) => _paths[node];

    public static TreeOrder Of(TreeEnsemble ensemble)
    {
        var nodes = PostOrder(ensemble);
        var order = new TreeOrder(ensemble.Nodes.Length) { Nodes = nodes };
        foreach (var index in nodes)
        {
            var node = ensemble.Nodes[index];
            order._depths[index] = node.IsLeaf ? 0 : 1 + Math.Max(order._depths[node.WhenTrue], order._depths[node.WhenFalse]);
            order._paths[index] = node.IsLeaf ? 1 : order._paths[node.WhenTrue] + order._paths[node.WhenFalse];
        }
        return order;
    }

    private static List<int> PostOrder(TreeEnsemble ensemble)
    {
        var order = new List<int>(ensemble.Nodes.Length);
        var (opened, done) = (new bool[ensemble.Nodes.Length], new bool[ensemble.Nodes.Length]);
        var open = new Stack<int>(ensemble.Roots);
        while (open.TryPeek(out var index))
        {
            var node = ensemble.Nodes[index];
            if (opened[index] || node.IsLeaf)
            {
                open.Pop();
                if (!done[index])
                {
                    done[index] = true;
                    order.Add(index);
                }
                continue;
            }
            opened[index] = true;
            open.Push(node.WhenTrue);
            open.Push(node.WhenFalse);
        }
        return order;
    }
}
