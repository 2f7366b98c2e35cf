using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>The tree ensemble of ai.onnx.ml 5, whose lists index by position.</summary>
internal sealed class SingleTreeCheck(Refusals refusals)
{
    private static readonly string[] BranchLists = ["nodes_truenodeids", "nodes_trueleafs", "nodes_falsenodeids", "nodes_falseleafs"];

    public void Check(TreeAttributes attributes, string path, long features)
    {
        var nodes = attributes.Ints("nodes_featureids").Count;
        var leaves = attributes.Ints("leaf_targetids").Count;
        var consistent = BranchLists.All(name => HasLength(attributes.Ints(name).Count, nodes, $"{path}.{name}"))
            && HasLength(attributes.Tensor("nodes_splits"), nodes, $"{path}.nodes_splits")
            && HasLength(attributes.Tensor("nodes_modes"), nodes, $"{path}.nodes_modes")
            && HasLength(attributes.Tensor("leaf_weights"), leaves, $"{path}.leaf_weights")
            && InRange(attributes.Ints("nodes_featureids"), features, $"{path}.nodes_featureids")
            && InRange(attributes.Ints("leaf_targetids"), attributes.Int("n_targets") ?? 1, $"{path}.leaf_targetids")
            && InRange(attributes.Ints("tree_roots"), nodes, $"{path}.tree_roots");
        if (!consistent)
        {
            return;
        }
        var whenTrue = Children(attributes, "true", nodes, leaves, path);
        var whenFalse = Children(attributes, "false", nodes, leaves, path);
        if (whenTrue is not null && whenFalse is not null && TreeWalk.FindCycle([.. whenTrue.Zip(whenFalse)]) is { } cyclic)
        {
            refusals.Add($"{path}.nodes_truenodeids[{cyclic}]", "is part of a cycle");
        }
    }

    private int[]? Children(TreeAttributes attributes, string branch, int nodes, int leaves, string path)
    {
        var (ids, isLeaf) = (attributes.Ints($"nodes_{branch}nodeids"), attributes.Ints($"nodes_{branch}leafs"));
        var children = new int[nodes];
        for (var i = 0; i < nodes; i++)
        {
            var bound = isLeaf[i] == 0 ? nodes : leaves;
            if (ids[i] < 0 || ids[i] >= bound)
            {
                refusals.Add($"{path}.nodes_{branch}nodeids[{i}]", $"must be 0 to {bound - 1}, it is {ids[i]}");
                return null;
            }
            children[i] = isLeaf[i] == 0 ? (int)ids[i] : TreeWalk.None;
        }
        return children;
    }

    private bool HasLength(TensorProto? tensor, int expected, string path) =>
        HasLength(tensor is { Dims.Count: 1 } ? (int)Math.Min(tensor.Dims[0], int.MaxValue) : -1, expected, path);

    private bool HasLength(int found, int expected, string path)
    {
        if (found != expected)
        {
            refusals.Add(path, $"must be a list of as many entries as the lists beside it, {expected}");
        }
        return found == expected;
    }

    private bool InRange(IReadOnlyList<long> ids, long bound, string path)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids[i] < 0 || ids[i] >= bound)
            {
                refusals.Add($"{path}[{i}]", $"must be 0 to {bound - 1}, it is {ids[i]}");
                return false;
            }
        }
        return true;
    }
}
