using System.Text.Json;
using ModelOps.Statistics.Comparison;
using static ModelOps.Statistics.Tests.GoldenCases;

namespace ModelOps.Statistics.Tests;

public sealed class CategoricalTests
{
    private static readonly JsonElement Binned = Cases("binned.json", "categorical");
    private static readonly JsonElement Tables = Cases("categorical.json", "contingency");
    private static readonly JsonElement Proportions = Cases("categorical.json", "two_proportion_z");

    public static TheoryData<string> BinnedNames => [.. Names(Binned)];

    public static TheoryData<string> TableNames => [.. Names(Tables).Where(name => Case(Tables, name).GetProperty("table").GetArrayLength() == 2)];

    public static TheoryData<string> ProportionNames => [.. Names(Proportions)];

    [Theory, MemberData(nameof(BinnedNames))]
    public void Distances_and_tests_of_categories_equal_the_reference(string name)
    {
        var sample = Case(Binned, name);
        var (before, now) = (Numbers(sample.GetProperty("ref_counts")), Numbers(sample.GetProperty("cur_counts")));

        Same(sample.GetProperty("psi_floor").GetDouble(), PopulationStability.OfCounts(before, now));
        Same(sample.GetProperty("evidently").GetProperty("jensenshannon").GetDouble(), JensenShannon.Distance(before, now));
        SameTest(sample.GetProperty("chi2_contingency"), ChiSquare.Contingency(before, now, yates: true));
    }

    [Theory, MemberData(nameof(TableNames))]
    public void Chi_square_with_and_without_correction_equals_scipys(string name)
    {
        var sample = Case(Tables, name);
        var (before, now) = (Numbers(sample.GetProperty("table")[0]), Numbers(sample.GetProperty("table")[1]));

        SameTest(sample.GetProperty("expected").GetProperty("correction_true"), ChiSquare.Contingency(before, now, yates: true));
        SameTest(sample.GetProperty("expected").GetProperty("correction_false"), ChiSquare.Contingency(before, now, yates: false));
    }

    [Theory, MemberData(nameof(ProportionNames))]
    public void Two_proportions_equal_the_reference(string name)
    {
        var sample = Case(Proportions, name);
        long Count(string field) => sample.GetProperty(field).GetInt64();

        var actual = TwoProportions.Test(Count("x1"), Count("n1"), Count("x2"), Count("n2"));

        var z = sample.GetProperty("z");
        Assert.Equal(z.ValueKind == JsonValueKind.Null, actual.Z is null);
        Same(z.ValueKind == JsonValueKind.Null ? 0 : z.GetDouble(), actual.Z ?? 0);
        SamePValue(sample.GetProperty("pvalue_two_sided").GetDouble(), actual.PValue);
        Same(sample.GetProperty("diff").GetDouble(), actual.Difference);
        Same(sample.GetProperty("ci95_low").GetDouble(), actual.Low);
        Same(sample.GetProperty("ci95_high").GetDouble(), actual.High);
    }

    [Fact]
    public void Holm_equals_the_reference()
    {
        Assert.All(Cases("sequential.json", "multiple_testing").EnumerateArray(), sample =>
            Assert.All(
                Numbers(sample.GetProperty("holm")).Zip(MultipleTesting.Holm(Numbers(sample.GetProperty("pvalues")))),
                pair => Same(pair.First, pair.Second)));
        Assert.Equal([0.06, 0.03], MultipleTesting.Holm([0.06, 0.015]));
    }

    [Theory]
    [InlineData(new double[0], new double[0])]
    [InlineData(new[] { 1.0, 0 }, new[] { 0.0, 0 })]
    [InlineData(new[] { 1.0, 2 }, new[] { 3.0 })]
    [InlineData(new[] { 1.0, 2 }, new[] { 3.0, -1 })]
    [InlineData(new[] { 1.0, 2 }, new[] { 3.0, double.NaN })]
    public void Counts_that_cannot_be_compared_are_refused(double[] before, double[] now)
    {
        Assert.Throws<ArgumentException>(() => ChiSquare.Contingency(before, now, yates: false));
        Assert.Throws<ArgumentException>(() => JensenShannon.Distance(before, now));
        Assert.Throws<ArgumentException>(() => PopulationStability.OfCounts(before, now));
    }

    [Fact]
    public void An_exact_interval_puts_half_of_the_doubt_at_each_end()
    {
        const double Confidence = 0.999;
        var interval = BinomialInterval.Exact(7, 100, Confidence);

        // By definition: at the low end 7 or more hits are as unlikely as half the doubt, at the high end 7 or fewer.
        Assert.Equal((1 - Confidence) / 2, 1 - Cumulative(6, 100, interval.Low), 1e-9);
        Assert.Equal((1 - Confidence) / 2, Cumulative(7, 100, interval.High), 1e-9);
        Assert.Equal((0, 1), (BinomialInterval.Exact(0, 9, Confidence).Low, BinomialInterval.Exact(9, 9, Confidence).High));
    }

    [Fact]
    public void A_wilson_interval_ends_where_the_score_test_does()
    {
        var interval = BinomialInterval.Wilson(12, 80, 0.95);

        Assert.All([interval.Low, interval.High], share =>
            Assert.Equal(1.959963984540054, Math.Abs(0.15 - share) / Math.Sqrt(share * (1 - share) / 80), 1e-9));
        Assert.Equal(0, BinomialInterval.Wilson(0, 5, 0.95).Low);
    }

    private static double Cumulative(int hits, int rows, double share)
    {
        double sum = 0, ways = 1;
        for (var k = 0; k <= hits; k++)
        {
            sum += ways * Math.Pow(share, k) * Math.Pow(1 - share, rows - k);
            ways *= (double)(rows - k) / (k + 1);
        }
        return sum;
    }

    private static void SameTest(JsonElement expected, TestResult actual)
    {
        Same(expected.GetProperty("statistic").GetDouble(), actual.Statistic);
        SamePValue(expected.GetProperty("pvalue").GetDouble(), actual.PValue);
    }
}
