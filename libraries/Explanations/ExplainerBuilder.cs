using ModelOps.Explanations.Encoding;
using ModelOps.Explanations.Linear;
using ModelOps.Explanations.Trees;
using ModelOps.Onnx;
using ModelOps.Onnx.Schema;

namespace ModelOps.Explanations;

/// <summary>Finds the operator that scores, and what lies before and behind it.</summary>
internal sealed class ExplainerBuilder(ExplanationLimits limits)
{
    /// <summary>Operators that may stand behind the scores: they turn them into labels and probabilities, and add no feature.</summary>
    private static readonly HashSet<string> PostProcessing = new(StringComparer.Ordinal)
    {
        "ArgMax", "ArrayFeatureExtractor", "Cast", "Flatten", "Gather", "Identity", "LabelEncoder", "Normalizer", "Reshape", "Sigmoid", "Softmax", "Squeeze", "Unsqueeze",
    };

    public ExplainerResult Build(byte[] onnx, IReadOnlyList<FeatureValue[]>? background)
    {
        if (new ModelInspector().Inspect(onnx) is { Refusals: [var refusal, ..] })
        {
            return Refused($"the file is refused: {refusal}");
        }
        var model = ModelProto.Parser.ParseFrom(onnx);
        NodeProto[] scoring = [.. model.Graph.Node.Where(node => TreeEnsembleReader.Reads(node) || LinearReader.Reads(node))];
        if (scoring is not [var scorer])
        {
            return Refused(scoring.Length > 1
                ? $"the model has {scoring.Length} operators that score, trees or linear ones; one is explained"
                : $"the model is neither made of trees nor linear: it has no operator that scores among {Shown(model.Graph)}");
        }
        if (Behind(model.Graph, scorer) is { } stranger)
        {
            return Refused($"operator '{stranger}' behind {scorer.OpType} makes something else of its scores");
        }
        var encoding = new EncodingReader(model.Graph, limits.MaxColumns);
        if (encoding.Read(scorer.Input[0]) is not { IsText: false, Rank: <= 2 } matrix)
        {
            return Refused($"{scorer.OpType}: {encoding.Reason ?? "its input is no matrix of numbers"}");
        }
        var rows = background?.Select(row => ModelExplainer.Encode(matrix.Columns, row)).ToList();
        var built = TreeEnsembleReader.Reads(scorer) ? Trees(scorer, matrix, encoding.Features.Count, rows) : Linear(model, scorer, matrix, rows);
        if (built is { Model.Scores: > 1, Meaning.Labels.Length: 0 })
        {
            return Refused($"{scorer.OpType}: it has {built.Model.Scores} targets, one is explained");
        }
        return built.Model is { } scores
            ? new(new ModelExplainer(encoding.Features, matrix.Columns, scores, built.Meaning!), null)
            : Refused($"{scorer.OpType}: {built.Reason}");
    }

    private (IScoreModel? Model, ScoreMeaning? Meaning, string? Reason) Trees(NodeProto scorer, EncodedTensor matrix, int features, List<double[]>? rows)
    {
        var reader = new TreeEnsembleReader(scorer, limits);
        if (reader.Read() is not var (ensemble, meaning))
        {
            return (null, null, reader.Reason);
        }
        if (ensemble.Nodes.Any(node => !node.IsLeaf && node.Column >= matrix.Columns.Length))
        {
            return (null, null, $"a split asks for a column that its input of {matrix.Columns.Length} does not have");
        }
        var order = TreeOrder.Of(ensemble);
        if (TreeShap.Refuse(ensemble, order, features, limits) is { } tooMuch)
        {
            return (null, null, tooMuch);
        }
        var shares = rows is { Count: > 0 } ? SplitShares.OfSample(ensemble, rows)
            : SplitShares.OfHitRates(ensemble, reader.HitRates) ?? SplitShares.Uniform(ensemble);
        return (new TreeShap(ensemble, order, shares, FeatureOf(matrix)), meaning, null);
    }

    private static (IScoreModel? Model, ScoreMeaning? Meaning, string? Reason) Linear(ModelProto model, NodeProto scorer, EncodedTensor matrix, List<double[]>? rows)
    {
        var width = matrix.Columns.Length;
        if (LinearReader.Read(scorer, width, out var reason) is not var (scores, meaning))
        {
            return (null, null, reason);
        }
        var recorded = LinearReader.ColumnMeans(model, width);
        var (means, baseline) = rows is { Count: > 0 } ? (MeansOf(rows, width), Baseline.Sample)
            : recorded is not null ? (recorded, Baseline.TrainingData)
            : (new double[width], Baseline.Uniform);
        return (new LinearShap(scores.Coefficients, scores.Intercepts, means, baseline, FeatureOf(matrix)), meaning, null);
    }

    private static int[] FeatureOf(EncodedTensor matrix) => Array.ConvertAll(matrix.Columns, column => column.Feature);

    private static double[] MeansOf(List<double[]> rows, int width)
    {
        var means = new double[width];
        foreach (var row in rows)
        {
            for (var column = 0; column < width; column++)
            {
                means[column] += row[column] / rows.Count;
            }
        }
        return means;
    }

    /// <summary>An operator that takes the scores and is no post-processing; null: none.</summary>
    private static string? Behind(GraphProto graph, NodeProto scorer)
    {
        var users = graph.Node.SelectMany(node => node.Input.Select(name => (name, node))).ToLookup(use => use.name, use => use.node, StringComparer.Ordinal);
        var open = new Queue<string>(scorer.Output);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var value))
        {
            foreach (var user in seen.Add(value) ? users[value] : [])
            {
                if (!PostProcessing.Contains(user.OpType))
                {
                    return user.OpType;
                }
                foreach (var output in user.Output)
                {
                    open.Enqueue(output);
                }
            }
        }
        return null;
    }

    private static string Shown(GraphProto graph)
    {
        string[] operators = [.. graph.Node.Select(node => node.OpType).Distinct(StringComparer.Ordinal)];
        return operators.Length > 10 ? $"{string.Join(", ", operators.Take(10))} and {operators.Length - 10} more" : string.Join(", ", operators);
    }

    private static ExplainerResult Refused(string reason) => new(null, reason);
}
