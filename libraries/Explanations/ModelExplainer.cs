using ModelOps.Explanations.Encoding;

namespace ModelOps.Explanations;

/// <summary>
/// Explains rows of a model whose scores come from trees (TreeEnsembleClassifier, TreeEnsembleRegressor) or from a linear operator
/// (LinearClassifier, LinearRegressor), in terms of the inputs of its graph. The explained score is the operator's own, before its
/// post-transform and whatever follows: of two classes that of the second, of more that of the highest.
/// Safe for use by several threads at once.
/// </summary>
public sealed class ModelExplainer
{
    private readonly IScoreModel _model;
    private readonly Column[] _columns;
    private readonly ScoreMeaning _meaning;

    internal ModelExplainer(IReadOnlyList<ModelFeature> features, Column[] columns, IScoreModel model, ScoreMeaning meaning) =>
        (Features, _columns, _model, _meaning) = (features, columns, model, meaning);

    /// <summary>What a row is made of: the columns of the graph's inputs, in order.</summary>
    public IReadOnlyList<ModelFeature> Features { get; }

    /// <summary>What kind of number the explained scores are.</summary>
    public ScoreKind Kind => _meaning.Kind;

    /// <summary>What stands for features that are not known.</summary>
    public Baseline Baseline => _model.Baseline;

    /// <summary>Makes an explainer.</summary>
    /// <param name="onnx">A file; it is inspected first.</param>
    /// <param name="background">Rows that stand for features that are not known; null: what the file records, else nothing in particular.</param>
    /// <param name="limits">Bounds; the defaults when not said.</param>
    public static ExplainerResult Create(byte[] onnx, IReadOnlyList<FeatureValue[]>? background = null, ExplanationLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        return new ExplainerBuilder(limits ?? new()).Build(onnx, background);
    }

    /// <summary>Explains a row.</summary>
    /// <param name="row">One value per feature.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="ArgumentException">The row has another number of values.</exception>
    public Explanation Explain(ReadOnlySpan<FeatureValue> row, CancellationToken ct)
    {
        if (row.Length != Features.Count)
        {
            throw new ArgumentException($"the model takes {Features.Count} values, the row has {row.Length}", nameof(row));
        }
        var columns = Encode(_columns, row);
        var score = Chosen(columns);
        var contributions = new double[Features.Count];
        _model.Explain(columns, score, contributions, ct);
        return new(_model.Expected(score), _model.Score(columns, score), contributions, Label(score));
    }

    internal static double[] Encode(Column[] columns, ReadOnlySpan<FeatureValue> row)
    {
        var encoded = new double[columns.Length];
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i] = columns[i].Of(row).Number;
        }
        return encoded;
    }

    private int Chosen(double[] columns)
    {
        if (_model.Scores <= 2)
        {
            return _model.Scores - 1;
        }
        var (best, highest) = (0, double.NegativeInfinity);
        for (var score = 0; score < _model.Scores; score++)
        {
            var value = _model.Score(columns, score);
            (best, highest) = value > highest ? (score, value) : (best, highest);
        }
        return best;
    }

    private string? Label(int score) => _meaning.Labels.Length switch
    {
        0 => null,
        2 => _meaning.Labels[1],
        _ => _meaning.Labels[score],
    };
}

/// <summary>An explainer, or why a model cannot be explained.</summary>
/// <param name="Explainer">The explainer; null when there is none.</param>
/// <param name="Reason">Why there is none, as a sentence without a full stop; null when there is one.</param>
public sealed record ExplainerResult(ModelExplainer? Explainer, string? Reason);
