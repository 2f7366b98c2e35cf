using ModelOps.Onnx;
using ModelOps.Onnx.Schema;

namespace ModelOps.Explanations.Trees;

/// <summary>Reads TreeEnsembleClassifier and TreeEnsembleRegressor. The file was inspected: its lists fit together and no branch leads back.</summary>
internal sealed class TreeEnsembleReader(NodeProto node, ExplanationLimits limits)
{
    private const string Classifier = "TreeEnsembleClassifier";
    private readonly TreeAttributes _attributes = new(node);

    /// <summary>Why the ensemble cannot be explained; null as long as it can.</summary>
    public string? Reason { get; private set; }

    public static bool Reads(NodeProto node) =>
        node.Domain == OperatorDomain.MachineLearning && node.OpType is Classifier or "TreeEnsembleRegressor";

    /// <summary>Hit rates of the nodes; empty where the file has none.</summary>
    public IReadOnlyList<double> HitRates => _attributes.Numbers("nodes_hitrates");

    public (TreeEnsemble Ensemble, ScoreMeaning Meaning)? Read()
    {
        var count = _attributes.Ints("nodes_nodeids").Count;
        if (count == 0 || count > limits.MaxNodes)
        {
            Reason = $"it has {count} nodes, 1 to {limits.MaxNodes} are explained";
            return null;
        }
        var meaning = ReadMeaning();
        var ids = ReadLeafIds(out var leaf);
        var scores = node.OpType == Classifier ? ClassScores(meaning.Labels.Length, ids) : (int)(_attributes.Int("n_targets") ?? 1);
        var nodes = ReadNodes();
        var roots = ReadRoots(nodes);
        var bases = ReadBases(scores);
        var aggregate = _attributes.Text("aggregate_function") ?? "SUM";
        if (aggregate is not ("SUM" or "AVERAGE"))
        {
            Reason ??= $"aggregate_function {aggregate} is no sum of trees";
        }
        if (Reason is not null)
        {
            return null;
        }
        var share = aggregate == "AVERAGE" ? 1.0 / roots.Length : 1;
        return (new TreeEnsemble(nodes, roots, ReadLeaves(nodes.Length, leaf, ids, share), bases), meaning);
    }

    private ScoreMeaning ReadMeaning()
    {
        var kind = _attributes.Text("post_transform") == "LOGISTIC" ? ScoreKind.LogOdds : ScoreKind.Raw;
        if (node.OpType != Classifier)
        {
            return new([], kind);
        }
        var texts = _attributes.Strings("classlabels_strings");
        return new(texts.Count > 0 ? [.. texts.Select(text => text.ToStringUtf8())] : [.. _attributes.Ints("classlabels_int64s").Select(label => $"{label}")], kind);
    }

    private IReadOnlyList<long> ReadLeafIds(out string leaf)
    {
        leaf = node.OpType == Classifier ? "class" : "target";
        return _attributes.Ints($"{leaf}_ids");
    }

    /// <summary>Two classes whose weights all name one of them have one score, that of the second class: so runtimes read it.</summary>
    private int ClassScores(int labels, IReadOnlyList<long> ids)
    {
        if (labels != 2 || ids.Distinct().Take(2).Count() != 1)
        {
            return labels;
        }
        if (_attributes.Numbers("base_values").Count > 1)
        {
            Reason ??= "base_values has two entries where the two classes share one score: ONNX does not say what that means";
        }
        return 1;
    }

    private EnsembleNode[] ReadNodes()
    {
        var (trees, ids, modes) = (_attributes.Ints("nodes_treeids"), _attributes.Ints("nodes_nodeids"), _attributes.Strings("nodes_modes"));
        var (columns, values) = (_attributes.Ints("nodes_featureids"), _attributes.Numbers("nodes_values"));
        var (whenTrue, whenFalse) = (_attributes.Ints("nodes_truenodeids"), _attributes.Ints("nodes_falsenodeids"));
        var missing = _attributes.Ints("nodes_missing_value_tracks_true");
        var places = Places();
        var nodes = new EnsembleNode[ids.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (Mode(modes[i].ToStringUtf8()) is not { } mode)
            {
                Reason ??= $"nodes of mode {modes[i].ToStringUtf8()} are not explained";
                return nodes;
            }
            nodes[i] = mode == BranchMode.Leaf
                ? new(mode, 0, 0, false, 0, 0)
                : new(mode, (int)columns[i], values[i], missing.Count > 0 && missing[i] != 0, places[(trees[i], whenTrue[i])], places[(trees[i], whenFalse[i])]);
        }
        return nodes;
    }

    private Dictionary<(long Tree, long Node), int> Places() =>
        _attributes.Ints("nodes_treeids").Zip(_attributes.Ints("nodes_nodeids")).Index().ToDictionary(place => place.Item, place => place.Index);

    private static BranchMode? Mode(string mode) => mode switch
    {
        "LEAF" => BranchMode.Leaf,
        "BRANCH_LEQ" => BranchMode.LessOrEqual,
        "BRANCH_LT" => BranchMode.Less,
        "BRANCH_GTE" => BranchMode.GreaterOrEqual,
        "BRANCH_GT" => BranchMode.Greater,
        "BRANCH_EQ" => BranchMode.Equal,
        "BRANCH_NEQ" => BranchMode.NotEqual,
        _ => null,
    };

    /// <summary>The first node of each tree.</summary>
    private int[] ReadRoots(EnsembleNode[] nodes)
    {
        var trees = _attributes.Ints("nodes_treeids");
        int[] roots = [.. Enumerable.Range(0, trees.Count).Where(i => i == 0 || trees[i] != trees[i - 1])];
        var children = nodes.Where(entry => !entry.IsLeaf).SelectMany(entry => (int[])[entry.WhenTrue, entry.WhenFalse]).ToHashSet();
        if (roots.Select(root => trees[root]).Distinct().Count() != roots.Length || roots.Any(children.Contains))
        {
            Reason ??= "the nodes of a tree do not stand together with its root first";
        }
        return roots;
    }

    private double[] ReadBases(int scores)
    {
        var bases = new double[Math.Max(scores, 1)];
        var given = _attributes.Numbers("base_values");
        for (var i = 0; i < Math.Min(bases.Length, given.Count); i++)
        {
            bases[i] = given[i];
        }
        if (given.Count > 0 && given.Count != bases.Length)
        {
            Reason ??= $"base_values has {given.Count} entries for {bases.Length} scores";
        }
        return bases;
    }

    private LeafWeight[][] ReadLeaves(int nodes, string leaf, IReadOnlyList<long> ids, double share)
    {
        var (trees, owners, weights) = (_attributes.Ints($"{leaf}_treeids"), _attributes.Ints($"{leaf}_nodeids"), _attributes.Numbers($"{leaf}_weights"));
        var isShared = node.OpType == Classifier && ids.Distinct().Take(2).Count() == 1;
        var places = Places();
        var leaves = new List<LeafWeight>?[nodes];
        for (var i = 0; i < ids.Count; i++)
        {
            (leaves[places[(trees[i], owners[i])]] ??= []).Add(new(isShared ? 0 : (int)ids[i], weights[i] * share));
        }
        return Array.ConvertAll(leaves, list => list is null ? [] : list.ToArray());
    }
}
