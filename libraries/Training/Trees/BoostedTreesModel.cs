using ModelOps.Training.Data;
using ModelOps.Training.Linear;

namespace ModelOps.Training.Trees;

/// <summary>Fitted gradient-boosted trees.</summary>
public sealed class BoostedTreesModel
{
    internal BoostedTreesModel(IReadOnlyList<FeatureColumn> columns, float initialScore, IReadOnlyList<Tree> trees)
    {
        Columns = columns;
        InitialScore = initialScore;
        Trees = trees;
    }

    /// <summary>The features, in the order of the training table.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Number of trees.</summary>
    public int TreeCount => Trees.Count;

    /// <summary>Score before any tree: the log odds of the positive class.</summary>
    internal float InitialScore { get; }

    internal IReadOnlyList<Tree> Trees { get; }

    /// <summary>
    /// Probability of the positive class for every row. A missing number (NaN) takes the side it took in training; a category the model does
    /// not know counts as none.
    /// </summary>
    /// <exception cref="ArgumentException">The table has other columns than the model.</exception>
    public double[] Predict(TrainingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.RefuseOtherThan(Columns);
        var input = new TreeInput(table, Columns);
        var probabilities = new double[table.RowCount];
        for (var row = 0; row < probabilities.Length; row++)
        {
            double score = InitialScore;
            foreach (var tree in Trees)
            {
                score += tree.Score(input, row);
            }
            probabilities[row] = Logistic.Sigmoid(score);
        }
        return probabilities;
    }
}
