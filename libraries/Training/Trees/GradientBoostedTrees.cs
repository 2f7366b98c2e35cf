using ModelOps.Training.Data;
using ModelOps.Training.Linear;

namespace ModelOps.Training.Trees;

/// <summary>
/// Gradient boosting on histograms with the log loss and its second order. Missing numbers learn their side; categories are split one against
/// the rest. Equal tables, options and seeds give equal models bit by bit, whatever the number of threads.
/// </summary>
public static class GradientBoostedTrees
{
    /// <summary>Fits a model.</summary>
    /// <param name="table">Rows of both classes; NaN is a missing number.</param>
    /// <param name="options">How to grow the trees.</param>
    /// <param name="ct">Ends the training between nodes of a tree.</param>
    /// <exception cref="ArgumentException">
    /// A number is infinite (the message names column and row), all labels are equal, there is no column, or an option is out of range.
    /// </exception>
    public static BoostedTreesModel Train(TrainingTable table, BoostingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        options.Refuse();
        table.RefuseOneClass();

        var labels = table.Labels.ToArray();
        var initial = (float)LogOdds(labels);
        BinnedColumn[] columns = [.. Enumerable.Range(0, table.Columns.Count).Select(column => BinnedColumn.Of(table, column, options.MaxBins))];
        return new BoostedTreesModel(table.Columns, initial, Boost(new TreeInput(table, table.Columns), columns, labels, initial, options, ct));
    }

    private static List<Tree> Boost(TreeInput input, BinnedColumn[] columns, int[] labels, float initial, BoostingOptions options, CancellationToken ct)
    {
        var sample = new RowSample(labels.Length, options.Subsample, options.Seed);
        var grower = new TreeGrower(columns, options);
        var scores = new double[labels.Length];
        Array.Fill(scores, initial);
        var (gradients, hessians) = (new double[labels.Length], new double[labels.Length]);
        var trees = new List<Tree>(options.MaxIterations);
        for (var iteration = 0; iteration < options.MaxIterations; iteration++)
        {
            for (var row = 0; row < labels.Length; row++)
            {
                var probability = Logistic.Sigmoid(scores[row]);
                gradients[row] = probability - labels[row];
                hessians[row] = probability * (1 - probability);
            }
            var tree = grower.Grow(sample.Draw(), gradients, hessians, ct);
            trees.Add(tree);
            for (var row = 0; row < labels.Length; row++)
            {
                scores[row] += tree.Score(input, row);
            }
        }
        return trees;
    }

    private static double LogOdds(int[] labels)
    {
        var positives = labels.Count(label => label == 1);
        return Math.Log((double)positives / (labels.Length - positives));
    }
}
