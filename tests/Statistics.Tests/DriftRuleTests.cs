using System.Text.Json;
using ModelOps.Statistics.Comparison;
using ModelOps.Statistics.Drift;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Statistics.Tests;

public sealed class DriftRuleTests
{
    private static readonly ReferenceProfile Train = ReferenceProfile.Parse(ReferenceProfile.Build(FraudColumns.Train).ToJson());
    private static readonly JsonElement Golden = Testing.Golden.Json("fraud_expected.json").GetProperty("drift");

    [Theory, InlineData("same", 0), InlineData("drift", 7)]
    public void Fraud_columns_drift_as_the_reference_says(string file, int drifted)
    {
        var expected = Golden.GetProperty($"fraud_current_{file}").GetProperty("columns");

        var verdicts = DriftRule.Assess(Train, FraudColumns.Read($"current_{file}.csv", _ => true));

        Assert.Equal(11, verdicts.Count);
        Assert.All(verdicts, verdict =>
        {
            var column = expected.GetProperty(verdict.Feature);
            Assert.StartsWith(verdict.Test.Replace("_", "")[..10], column.GetProperty("evidently_test").GetString()!, StringComparison.Ordinal);
            Assert.Equal(column.GetProperty("drifted").GetBoolean(), verdict.Drifted);
            Near(column.GetProperty("score").GetDouble(), verdict.Score, 0.02);
            if (column.TryGetProperty("psi_quantile", out var psi) && verdict.Test == DriftTests.Wasserstein)
            {
                Assert.Equal(psi.GetDouble(), verdict.Psi, 0.005);
            }
        });
        Assert.Equal(drifted, verdicts.Count(verdict => verdict.Drifted));
    }

    [Theory]
    [InlineData("same", 0, 0), InlineData("same", 1, 0)]
    [InlineData("drift", 0, 7), InlineData("drift", 1, 6)] // In the odd rows card_present lies at 0.0987, from the rows as from the profile.
    public void Half_the_rows_drift_as_all_do(string file, int remainder, int drifted)
    {
        var verdicts = DriftRule.Assess(Train, FraudColumns.Read($"current_{file}.csv", row => row % 2 == remainder));

        Assert.True(
            drifted == verdicts.Count(verdict => verdict.Drifted),
            string.Join("; ", verdicts.Select(verdict => $"{verdict.Feature} {verdict.Score:0.0000} {verdict.Drifted}")));
    }

    [Theory, InlineData("same", 0), InlineData("same", 1), InlineData("drift", 0), InlineData("drift", 1)]
    public void The_profile_scores_as_the_rows_do(string file, int remainder)
    {
        var current = FraudColumns.Read($"current_{file}.csv", row => row % 2 == remainder);

        var verdicts = DriftRule.Assess(Train, current);

        Assert.All(verdicts.Where(verdict => verdict.Test == DriftTests.Wasserstein), verdict =>
        {
            var before = ((NumericProfileColumn)FraudColumns.Train.Single(column => column.Name == verdict.Feature)).Values;
            var now = ((NumericProfileColumn)current.Single(column => column.Name == verdict.Feature)).Values;
            Near(Wasserstein.Normed(before, now), verdict.Score, 0.02);
        });
    }

    [Theory]
    [InlineData(0.0, false), InlineData(0.7, true)]
    public void Below_a_thousand_rows_the_corrected_test_decides_together_with_the_size(double shift, bool drifted)
    {
        var random = new Random(11);
        double[] Draw(double by) => [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble() + by)];
        string?[] Texts(int kinds) => [.. Enumerable.Range(0, 400).Select(_ => $"{random.Next(kinds)}")];
        var reference = ReferenceProfile.Build(
            [new NumericProfileColumn("x", Draw(0)), new CategoricalProfileColumn("two", Texts(2)), new CategoricalProfileColumn("four", Texts(4))]);

        var verdicts = DriftRule.Assess(
            reference,
            [new NumericProfileColumn("x", Draw(shift)), new CategoricalProfileColumn("two", Texts(2)), new CategoricalProfileColumn("four", Texts(4))]);

        Assert.Equal([DriftTests.KolmogorovSmirnov, DriftTests.TwoProportions, DriftTests.ChiSquare], verdicts.Select(verdict => verdict.Test));
        Assert.Equal([drifted, false, false], verdicts.Select(verdict => verdict.Drifted));
        Assert.All(verdicts, verdict => Assert.True(verdict.Score >= verdict.PValue && verdict.Score <= 1));
        Assert.Equal(MultipleTesting.Holm([.. verdicts.Select(verdict => verdict.PValue)]), verdicts.Select(verdict => verdict.Score));
    }

    [Fact]
    public void A_significant_but_small_change_is_no_drift_below_a_thousand_rows()
    {
        double[] before = [.. Enumerable.Range(0, 1_000).Select(i => i / 1_000.0)];
        // Everyone moves by a fiftieth of a deviation, but so many rows that no test doubts it.
        double[] now = [.. Enumerable.Range(0, 200_000).Select(i => Math.Pow(i / 200_000.0, 1.08))];

        var verdict = DriftRule.Assess(ReferenceProfile.Build([new NumericProfileColumn("x", before)]), [new NumericProfileColumn("x", now)]).Single();

        Assert.Equal(DriftTests.KolmogorovSmirnov, verdict.Test);
        Assert.False(verdict.Drifted);
    }

    [Fact]
    public void Nothing_to_compare_is_said_and_is_no_drift()
    {
        var reference = ReferenceProfile.Build(
        [
            new NumericProfileColumn("gone", [1, 2, 3]), new NumericProfileColumn("absent", [1, 2, 3]),
            new NumericProfileColumn("never", [double.NaN, double.NaN, double.NaN]), new CategoricalProfileColumn("text", ["a", "b", "a"]),
        ]);

        var verdicts = DriftRule.Assess(
            reference,
            [
                new NumericProfileColumn("gone", [double.NaN, double.PositiveInfinity]), new NumericProfileColumn("never", [1, 2]),
                new CategoricalProfileColumn("text", [null, null]), new NumericProfileColumn("new", [1, 2]),
            ]);

        Assert.Equal(["gone", "absent", "never", "text"], verdicts.Select(verdict => verdict.Feature));
        Assert.All(verdicts, verdict => Assert.Equal((DriftTests.InsufficientData, 0.0, false, 1.0), (verdict.Test, verdict.Score, verdict.Drifted, verdict.PValue)));
        Assert.Equal([1, 1, 0, 1], verdicts.Select(verdict => verdict.MissingShare));
    }

    [Fact]
    public void A_number_is_the_same_as_a_float_and_as_a_double()
    {
        double[] doubles = [.. Enumerable.Range(0, 1_500).Select(i => i % 3 / 10.0)];
        double[] floats = [.. doubles.Select(value => (double)(float)value)];
        var reference = ReferenceProfile.Parse(ReferenceProfile.Build([new NumericProfileColumn("rate", doubles)]).ToJson());

        var verdict = DriftRule.Assess(reference, [new NumericProfileColumn("rate", floats)]).Single();

        Assert.Equal((DriftTests.JensenShannon, 0.0), (verdict.Test, verdict.Score));
    }

    [Fact]
    public void Categories_the_profile_dropped_are_compared_as_one()
    {
        string?[] many = [.. Enumerable.Range(0, 5_000).Select(i => $"shop {i % 2_500}")];
        var reference = ReferenceProfile.Build([new CategoricalProfileColumn("shop", many)]);

        var same = DriftRule.Assess(reference, [new CategoricalProfileColumn("shop", many)]).Single();
        var other = DriftRule.Assess(reference, [new CategoricalProfileColumn("shop", ["shop 1", "shop 1", "shop 2", null])]).Single();

        Assert.Equal((0.0, false), (same.Score, same.Drifted));
        Assert.Equal((true, 0.25), (other.Drifted, other.MissingShare));
    }

    [Fact]
    public void A_column_of_another_type_is_refused()
    {
        var reference = ReferenceProfile.Build([new NumericProfileColumn("x", [1, 2])]);

        var refusal = Assert.Throws<ArgumentException>(() => DriftRule.Assess(reference, [new CategoricalProfileColumn("x", ["1"])]));

        Assert.Contains("column x is categorical", refusal.Message, StringComparison.Ordinal);
    }

    private static void Near(double expected, double actual, double share) =>
        Assert.True(Math.Abs(expected - actual) <= Math.Max(share * expected, 1e-9), $"{actual:R}, expected {expected:R}");
}
