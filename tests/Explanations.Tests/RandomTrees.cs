using ModelOps.Onnx.Schema;

namespace ModelOps.Explanations.Tests;

/// <summary>Trees with every mode of branch, on values of a small grid so that comparisons for equality meet.</summary>
internal sealed class RandomTrees
{
    private static readonly string[] Branches = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];
    private readonly List<(long Tree, long Id, string Mode, long Column, float Value, long True, long False, long Missing, float Hits)> _nodes = [];
    private readonly List<(long Tree, long Id, long Score, float Weight)> _leaves = [];
    private readonly Random _random;
    private readonly int _columns;
    private readonly int _scores;

    public RandomTrees(int seed, int trees, int depth, int columns, int scores = 1, bool isShared = false)
    {
        (_random, _columns, _scores) = (new Random(seed), columns, scores);
        for (var tree = 0; tree < trees; tree++)
        {
            Grow(tree, depth, 1 + _random.Next(1, 1000), isShared);
        }
    }

    public static float[] Row(Random random, int columns) =>
        [.. Enumerable.Range(0, columns).Select(_ => random.Next(6) == 0 ? float.NaN : random.Next(5))];

    public AttributeProto[] Attributes(string leaf, bool withHitRates = true)
    {
        AttributeProto[] attributes =
        [
            Models.Ints("nodes_treeids", _nodes.Select(node => node.Tree)),
            Models.Ints("nodes_nodeids", _nodes.Select(node => node.Id)),
            Models.Texts("nodes_modes", _nodes.Select(node => node.Mode)),
            Models.Ints("nodes_featureids", _nodes.Select(node => node.Column)),
            Models.Floats("nodes_values", _nodes.Select(node => node.Value)),
            Models.Ints("nodes_truenodeids", _nodes.Select(node => node.True)),
            Models.Ints("nodes_falsenodeids", _nodes.Select(node => node.False)),
            Models.Ints("nodes_missing_value_tracks_true", _nodes.Select(node => node.Missing)),
            Models.Floats("nodes_hitrates", _nodes.Select(node => withHitRates ? node.Hits : 1)),
            Models.Ints($"{leaf}_treeids", _leaves.Select(entry => entry.Tree)),
            Models.Ints($"{leaf}_nodeids", _leaves.Select(entry => entry.Id)),
            Models.Ints($"{leaf}_ids", _leaves.Select(entry => entry.Score)),
            Models.Floats($"{leaf}_weights", _leaves.Select(entry => entry.Weight)),
        ];
        return attributes;
    }

    /// <param name="tree">The tree.</param>
    /// <param name="depth">Splits below.</param>
    /// <param name="hits">Rows that come by.</param>
    /// <param name="isShared">Whether both sides of some splits lead to one node.</param>
    /// <returns>Id of the node.</returns>
    private long Grow(long tree, int depth, float hits, bool isShared)
    {
        var place = _nodes.Count;
        var id = _nodes.Count(node => node.Tree == tree);
        _nodes.Add((tree, id, "", 0, 0, 0, 0, 0, 0));
        if (depth == 0 || (id > 0 && _random.Next(6) == 0))
        {
            _nodes[place] = (tree, id, "LEAF", 0, 0, 0, 0, 0, hits);
            for (var score = 0; score < _scores; score++)
            {
                _leaves.Add((tree, id, score, MathF.Round((_random.NextSingle() * 4) - 2, 3)));
            }
            return id;
        }
        var left = MathF.Floor(hits * _random.NextSingle());
        var whenTrue = Grow(tree, depth - 1, left, isShared);
        var whenFalse = isShared && _random.Next(3) == 0 ? whenTrue : Grow(tree, depth - 1, hits - left, isShared);
        _nodes[place] = (tree, id, Branches[_random.Next(Branches.Length)], _random.Next(_columns), _random.Next(5), whenTrue, whenFalse, _random.Next(2), hits);
        return id;
    }
}
