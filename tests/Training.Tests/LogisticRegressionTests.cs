using ModelOps.Statistics.Metrics;
using ModelOps.Testing;
using ModelOps.Training.Data;
using ModelOps.Training.Linear;

namespace ModelOps.Training.Tests;

public sealed class LogisticRegressionTests
{
    private static readonly LogisticOptions Default = new();

    [Fact]
    public void Fraud_model_reaches_the_reference_on_the_test_split()
    {
        var golden = Golden.Json("fraud_logistic.json");

        var model = LogisticRegression.Train(FraudTable.Train, Default, CancellationToken.None);
        var probabilities = model.Predict(FraudTable.Test);

        var reference = golden.GetProperty("test_split");
        Assert.True(BinaryMetrics.RocAuc(FraudTable.Test.Labels, probabilities) >= golden.GetProperty("required_roc_auc").GetDouble());
        Assert.Equal(reference.GetProperty("roc_auc").GetDouble(), BinaryMetrics.RocAuc(FraudTable.Test.Labels, probabilities), 0.003);
        Assert.Equal(reference.GetProperty("log_loss").GetDouble(), BinaryMetrics.LogLoss(FraudTable.Test.Labels, probabilities), 0.0005);
        Assert.Equal(reference.GetProperty("brier").GetDouble(), BinaryMetrics.Brier(FraudTable.Test.Labels, probabilities), 0.0002);
    }

    [Fact]
    public void Gradient_vanishes_at_the_solution()
    {
        var model = LogisticRegression.Train(FraudTable.Train, Default, CancellationToken.None);

        var probabilities = model.Predict(FraudTable.Train);

        // The intercept is not penalized, so at the optimum predictions and labels have the same sum.
        Assert.Equal(FraudTable.Train.Labels.ToArray().Sum(), probabilities.Sum(), 1e-3);
    }

    [Fact]
    public void A_stronger_penalty_shrinks_the_coefficients()
    {
        var weak = LogisticRegression.Train(FraudTable.Train, new LogisticOptions { L2 = 0.01 }, CancellationToken.None);
        var strong = LogisticRegression.Train(FraudTable.Train, new LogisticOptions { L2 = 1000 }, CancellationToken.None);

        Assert.True(Length(strong) < Length(weak) / 2, $"{Length(strong)} against {Length(weak)}");
    }

    [Fact]
    public void Separable_rows_still_have_a_finite_solution()
    {
        var table = new TrainingTable.Builder().Add(new NumericColumn("x"), [-3e6f, -2e6f, 2e6f, 3e6f]).Build([0, 0, 1, 1]);

        var model = LogisticRegression.Train(table, Default, CancellationToken.None);

        Assert.True(double.IsFinite(model.Coefficients[0]) && model.Coefficients[0] > 0);
        Assert.Equal([false, false, true, true], model.Predict(table).Select(p => p > 0.5));
    }

    [Fact]
    public void A_constant_column_changes_nothing()
    {
        float[] x = [1, 2, 3, 4, 5, 6];
        int[] labels = [0, 1, 0, 1, 0, 1];
        var without = new TrainingTable.Builder().Add(new NumericColumn("x"), x).Build(labels);
        var with = new TrainingTable.Builder().Add(new NumericColumn("x"), x).Add(new NumericColumn("same"), [7, 7, 7, 7, 7, 7]).Build(labels);

        var expected = LogisticRegression.Train(without, Default, CancellationToken.None).Predict(without);
        var actual = LogisticRegression.Train(with, Default, CancellationToken.None).Predict(with);

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void A_missing_value_is_refused_with_its_column_and_row()
    {
        var table = new TrainingTable.Builder().Add(new NumericColumn("amount"), [1, float.NaN, 3]).Build([0, 1, 0]);

        var refusal = Assert.Throws<ArgumentException>(() => LogisticRegression.Train(table, Default, CancellationToken.None));

        Assert.Contains("column amount, row 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_of_one_class_are_refused()
    {
        var table = new TrainingTable.Builder().Add(new NumericColumn("x"), [1, 2]).Build([1, 1]);

        Assert.Throws<ArgumentException>(() => LogisticRegression.Train(table, Default, CancellationToken.None));
    }

    [Theory]
    [InlineData(new[] { 0, 2 }, "label of row 1 is 2")]
    [InlineData(new[] { 0, 1, 1 }, "column x has 2 values for 3 labels")]
    public void A_table_that_does_not_fit_together_is_refused(int[] labels, string because)
    {
        var builder = new TrainingTable.Builder().Add(new NumericColumn("x"), [1, 2]);

        var refusal = Assert.Throws<ArgumentException>(() => builder.Build(labels));

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }

    private static double Length(LogisticModel model) => Math.Sqrt(model.Coefficients.ToArray().Sum(value => value * value));
}
