using System.Text;
using ModelOps.Onnx.Schema;

namespace ModelOps.Onnx;

/// <summary>
/// Tree ensembles are a dozen lists that index each other. Runtimes have read outside their memory on lists that do not
/// fit, so here every index is followed once: lists of one length, children and leaves that exist, no way back to a parent.
/// </summary>
internal sealed class TreeCheck(Refusals refusals)
{
    private static readonly HashSet<string> Modes =
        ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER", "LEAF"];

    private static readonly string[] NodeLists = ["nodes_treeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"];

    private static readonly string[] OptionalNodeLists = ["nodes_hitrates", "nodes_missing_value_tracks_true"];

    /// <summary>Checks a node, if it is a tree ensemble.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">Its place in the file.</param>
    /// <param name="widthOf">Number of features of a value; null when the file does not state it.</param>
    public void Check(NodeProto node, string path, Func<string, long?> widthOf)
    {
        if (node.Domain != OperatorDomain.MachineLearning)
        {
            return;
        }
        var features = (node.Input.Count > 0 ? widthOf(node.Input[0]) : null) ?? int.MaxValue;
        switch (node.OpType)
        {
            case "TreeEnsembleClassifier":
                Check(new TreeAttributes(node), path, "class", features);
                break;
            case "TreeEnsembleRegressor":
                Check(new TreeAttributes(node), path, "target", features);
                break;
            case "TreeEnsemble":
                new SingleTreeCheck(refusals).Check(new TreeAttributes(node), path, features);
                break;
        }
    }

    private void Check(TreeAttributes attributes, string path, string leaf, long features)
    {
        var count = attributes.Ints("nodes_nodeids").Count;
        var consistent = NodeLists.All(name => HasLength(attributes.Ints(name).Count, count, $"{path}.{name}"))
            && HasLength(attributes.Strings("nodes_modes").Count, count, $"{path}.nodes_modes")
            && HasLength(attributes.FloatCount("nodes_values"), count, $"{path}.nodes_values")
            && OptionalNodeLists.All(name => IsAbsent(attributes, name) || HasLength(attributes.FloatCount(name) + attributes.Ints(name).Count, count, $"{path}.{name}"));
        var leaves = attributes.Ints($"{leaf}_ids").Count;
        consistent = consistent
            && HasLength(attributes.Ints($"{leaf}_treeids").Count, leaves, $"{path}.{leaf}_treeids")
            && HasLength(attributes.Ints($"{leaf}_nodeids").Count, leaves, $"{path}.{leaf}_nodeids")
            && HasLength(attributes.FloatCount($"{leaf}_weights"), leaves, $"{path}.{leaf}_weights");
        if (consistent)
        {
            Follow(attributes, path, leaf, features);
        }
    }

    private static bool IsAbsent(TreeAttributes attributes, string name) => attributes.FloatCount(name) + attributes.Ints(name).Count == 0;

    private void Follow(TreeAttributes attributes, string path, string leaf, long features)
    {
        var (trees, nodes) = (attributes.Ints("nodes_treeids"), attributes.Ints("nodes_nodeids"));
        var byId = new Dictionary<(long Tree, long Node), int>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            if (!byId.TryAdd((trees[i], nodes[i]), i))
            {
                refusals.Add($"{path}.nodes_nodeids[{i}]", $"{nodes[i]} appears twice in tree {trees[i]}");
                return;
            }
        }
        if (Children(attributes, byId, path, features) is { } children && TreeWalk.FindCycle(children) is { } cyclic)
        {
            refusals.Add($"{path}.nodes_nodeids[{cyclic}]", $"{nodes[cyclic]} of tree {trees[cyclic]} is part of a cycle");
        }
        CheckLeaves(attributes, byId, path, leaf);
    }

    private (int True, int False)[]? Children(TreeAttributes attributes, Dictionary<(long Tree, long Node), int> byId, string path, long bound)
    {
        var (trees, features, modes) = (attributes.Ints("nodes_treeids"), attributes.Ints("nodes_featureids"), attributes.Strings("nodes_modes"));
        var (whenTrue, whenFalse) = (attributes.Ints("nodes_truenodeids"), attributes.Ints("nodes_falsenodeids"));
        var children = new (int True, int False)[trees.Count];
        for (var i = 0; i < children.Length; i++)
        {
            var mode = modes[i].ToString(Encoding.UTF8);
            if (!Modes.Contains(mode))
            {
                refusals.Add($"{path}.nodes_modes[{i}]", $"{Shown.Name(mode)} is no mode of a tree's node");
                return null;
            }
            if (mode == "LEAF")
            {
                children[i] = (TreeWalk.None, TreeWalk.None);
                continue;
            }
            if (features[i] < 0 || features[i] >= bound)
            {
                refusals.Add($"{path}.nodes_featureids[{i}]", $"must be 0 to {bound - 1}, it is {features[i]}");
                return null;
            }
            if (!byId.TryGetValue((trees[i], whenTrue[i]), out var left) || !byId.TryGetValue((trees[i], whenFalse[i]), out var right))
            {
                refusals.Add($"{path}.nodes_truenodeids[{i}]", $"or nodes_falsenodeids[{i}] names a node that tree {trees[i]} does not have");
                return null;
            }
            children[i] = (left, right);
        }
        return children;
    }

    private void CheckLeaves(TreeAttributes attributes, Dictionary<(long Tree, long Node), int> byId, string path, string leaf)
    {
        var (trees, nodes, ids) = (attributes.Ints($"{leaf}_treeids"), attributes.Ints($"{leaf}_nodeids"), attributes.Ints($"{leaf}_ids"));
        var labels = attributes.Strings("classlabels_strings").Count + attributes.Ints("classlabels_int64s").Count;
        var count = leaf == "class" ? labels : attributes.Int("n_targets") ?? 1;
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids[i] < 0 || ids[i] >= count)
            {
                refusals.Add($"{path}.{leaf}_ids[{i}]", $"must be 0 to {count - 1}, it is {ids[i]}");
                return;
            }
            if (!byId.ContainsKey((trees[i], nodes[i])))
            {
                refusals.Add($"{path}.{leaf}_nodeids[{i}]", $"names node {nodes[i]}, which tree {trees[i]} does not have");
                return;
            }
        }
    }

    private bool HasLength(int found, int expected, string path)
    {
        if (found != expected)
        {
            refusals.Add(path, $"must have as many entries as the lists beside it, {expected}, it has {found}");
        }
        return found == expected;
    }
}
