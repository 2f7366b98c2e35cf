namespace ModelOps.Retrainer.Pipelines;

/// <summary>How versions of a model are trained: the YAML, read and checked.</summary>
internal sealed record PipelineDefinition
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Feature service whose features are joined to every row, as they were known at its event time.</summary>
    public required string FeatureService { get; init; }

    /// <summary>Features that come with a request, in the order the model takes them.</summary>
    public required IReadOnlyList<RequestFeature> RequestFeatures { get; init; }

    /// <summary>Column of the source views with the outcome, 0 or 1.</summary>
    public required string Label { get; init; }

    /// <summary>Views whose history gives rows.</summary>
    public required IReadOnlyList<ViewSource> Views { get; init; }

    /// <summary>Which labelled predictions give rows.</summary>
    public required PredictionScope Predictions { get; init; }

    /// <summary>How many of ten consecutive rows are held out, 1 to 5.</summary>
    public required int HoldoutTenths { get; init; }

    /// <summary>Trainer, unless the run names one.</summary>
    public required string Algorithm { get; init; }

    /// <summary>How a logistic regression is fitted.</summary>
    public required LogisticParameters LogisticRegression { get; init; }

    /// <summary>How trees are grown.</summary>
    public required BoostingParameters GradientBoostedTrees { get; init; }

    /// <summary>True when a candidate that is worse than the champion beyond chance is rejected.</summary>
    public required bool NotWorseThanChampion { get; init; }

    /// <summary>What starts runs by itself.</summary>
    public required TriggerRules On { get; init; }
}

/// <summary>A view whose history gives rows.</summary>
/// <param name="View">Name of the view.</param>
/// <param name="Where">What rows have to hold, by column, as text; empty: all rows are taken.</param>
internal sealed record ViewSource(string View, IReadOnlyDictionary<string, string> Where);

/// <summary>Which labelled predictions give rows.</summary>
internal enum PredictionScope
{
    /// <summary>None.</summary>
    None,

    /// <summary>All of the model up to the event time that the run fixes.</summary>
    All,

    /// <summary>Those within the event times of the window that drifted; none in a run that drift did not start.</summary>
    DriftedWindow,
}

/// <summary>A feature that comes with a request.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type.</param>
internal sealed record RequestFeature(string Name, ValueType Type);

/// <summary>Parameters of the logistic regression, named as scikit-learn names them.</summary>
/// <param name="C">Inverse weight of the L2 penalty.</param>
/// <param name="MaxIter">Newton steps at most.</param>
internal sealed record LogisticParameters(double C, int MaxIter);

/// <summary>Parameters of the boosted trees, named as scikit-learn names them.</summary>
/// <param name="LearningRate">What each tree's values are scaled with.</param>
/// <param name="MaxIter">Number of trees.</param>
/// <param name="MaxDepth">Splits on the longest way through a tree.</param>
/// <param name="MinSamplesLeaf">Rows in a leaf at least.</param>
/// <param name="L2Regularization">L2 penalty on the leaves.</param>
/// <param name="Subsample">Share of the rows that each tree sees.</param>
/// <param name="Seed">Of the choice of those rows.</param>
internal sealed record BoostingParameters(
    double LearningRate, int MaxIter, int MaxDepth, int MinSamplesLeaf, double L2Regularization, double Subsample, int Seed);

/// <summary>What starts runs by itself.</summary>
/// <param name="Drift">True when drift does.</param>
/// <param name="Cooldown">How long after the end of a run that drift started no other one is started by drift.</param>
/// <param name="LabelFraction">Share of the drifted window's predictions that have to be labelled before training.</param>
/// <param name="LabelsWithin">How long that is waited for; then the run fails.</param>
internal sealed record TriggerRules(bool Drift, TimeSpan Cooldown, double LabelFraction, TimeSpan LabelsWithin);
