namespace ModelOps.Explanations;

/// <summary>A model of columns of numbers whose scores have Shapley values that can be computed exactly.</summary>
internal interface IScoreModel
{
    /// <summary>Number of scores, one a class or a target; two classes may share one.</summary>
    int Scores { get; }

    Baseline Baseline { get; }

    /// <summary>A score when nothing is known.</summary>
    double Expected(int score);

    /// <summary>A score of a row.</summary>
    double Score(ReadOnlySpan<double> columns, int score);

    /// <summary>Adds each feature's Shapley value.</summary>
    /// <param name="columns">The row.</param>
    /// <param name="score">The score that is explained.</param>
    /// <param name="contributions">One per feature.</param>
    /// <param name="ct">Ends the work between trees.</param>
    void Explain(ReadOnlySpan<double> columns, int score, Span<double> contributions, CancellationToken ct);
}

/// <summary>What an operator's scores mean.</summary>
/// <param name="Labels">Labels of the classes; empty for a regression.</param>
/// <param name="Kind">What kind of number a score is.</param>
internal sealed record ScoreMeaning(string[] Labels, ScoreKind Kind);
