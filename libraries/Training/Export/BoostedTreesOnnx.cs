using Google.Protobuf;
using ModelOps.Onnx.Schema;
using ModelOps.Training.Data;
using ModelOps.Training.Trees;

namespace ModelOps.Training.Export;

/// <summary>
/// Writes gradient-boosted trees as ONNX: one named input of shape [N,1] per feature (FP32 for numbers, NaN for a missing one, strings for
/// categories), encoding inside the graph, outputs `label` INT64 [N] and `probabilities` FP32 [N,2]. Equal models give equal bytes.
/// </summary>
public static class BoostedTreesOnnx
{
    /// <summary>Serializes a model.</summary>
    public static byte[] Export(BoostedTreesModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graph = new GraphBuilder("gradient_boosted_trees");
        var features = FeatureEncoding.Encode(graph, model.Columns, standardizations: null);
        graph.MlNode("TreeEnsembleClassifier", [features], ["label", "probabilities"], Attributes(model));
        graph.Output("label", TensorProto.Types.DataType.Int64);
        graph.Output("probabilities", TensorProto.Types.DataType.Float, 2);
        return graph.ToModel(new() { ["modelops.allow_nan"] = "true", ["modelops.algorithm"] = "gradient_boosted_trees" }).ToByteArray();
    }

    private static AttributeProto[] Attributes(BoostedTreesModel model)
    {
        var offsets = Offsets(model.Columns);
        var nodes = Constants(model).Concat(model.Trees)
            .SelectMany((tree, id) => tree.Nodes.Select((node, index) => (Tree: (long)id, Index: (long)index, Node: node))).ToList();
        var leaves = nodes.Where(entry => entry.Node.IsLeaf).ToList();
        return
        [
            GraphBuilder.Attribute("classlabels_int64s", [0L, 1L]),
            GraphBuilder.Attribute("post_transform", "LOGISTIC"),
            GraphBuilder.Attribute("nodes_treeids", [.. nodes.Select(entry => entry.Tree)]),
            GraphBuilder.Attribute("nodes_nodeids", [.. nodes.Select(entry => entry.Index)]),
            GraphBuilder.Attribute("nodes_modes", [.. nodes.Select(entry => entry.Node.IsLeaf ? "LEAF" : "BRANCH_LEQ")]),
            GraphBuilder.Attribute("nodes_featureids", [.. nodes.Select(entry => Feature(entry.Node, offsets))]),
            // Indicators are 0 or 1: other categories are at most 0.5.
            GraphBuilder.Attribute("nodes_values", [.. nodes.Select(entry => entry.Node.Category >= 0 ? 0.5f : entry.Node.Threshold)]),
            GraphBuilder.Attribute("nodes_truenodeids", [.. nodes.Select(entry => entry.Node.IsLeaf ? 0L : entry.Node.Left)]),
            GraphBuilder.Attribute("nodes_falsenodeids", [.. nodes.Select(entry => entry.Node.IsLeaf ? 0L : entry.Node.Right)]),
            GraphBuilder.Attribute("nodes_missing_value_tracks_true", [.. nodes.Select(entry => !entry.Node.IsLeaf && entry.Node.MissingLeft ? 1L : 0L)]),
            // What explanations take for a feature that is not known: the share of training rows on either side.
            GraphBuilder.Attribute("nodes_hitrates", [.. nodes.Select(entry => (float)entry.Node.Rows)]),
            GraphBuilder.Attribute("class_treeids", [.. leaves.Select(entry => entry.Tree)]),
            GraphBuilder.Attribute("class_nodeids", [.. leaves.Select(entry => entry.Index)]),
            // Two labels and weights of the first one only: the convention for a single score, whose logistic is the second label's probability.
            GraphBuilder.Attribute("class_ids", [.. leaves.Select(_ => 0L)]),
            GraphBuilder.Attribute("class_weights", [.. leaves.Select(entry => entry.Node.Value)]),
        ];
    }

    /// <summary>
    /// The initial score as trees of one leaf. Runtimes take an ensemble without any negative weight for one whose scores are probabilities
    /// already, and choose the label by 0.5 instead of 0; a pair of leaves that add up to the score prevents that.
    /// </summary>
    private static IEnumerable<Tree> Constants(BoostedTreesModel model)
    {
        var anyNegative = model.InitialScore < 0 || model.Trees.Any(tree => tree.Nodes.Any(node => node.IsLeaf && node.Value < 0));
        return anyNegative ? [Tree.Constant(model.InitialScore)] : [Tree.Constant(model.InitialScore + 1), Tree.Constant(-1)];
    }

    private static long Feature(TreeNode node, long[] offsets) => node.IsLeaf ? 0 : offsets[node.Column] + Math.Max(0, node.Category);

    private static long[] Offsets(IReadOnlyList<FeatureColumn> columns)
    {
        var offsets = new long[columns.Count];
        for (var i = 1; i < offsets.Length; i++)
        {
            offsets[i] = offsets[i - 1] + FeatureEncoding.Width(columns[i - 1]);
        }
        return offsets;
    }
}
