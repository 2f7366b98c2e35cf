using System.Text.Json;
using ModelOps.Statistics.Comparison;
using static ModelOps.Statistics.Tests.GoldenCases;

namespace ModelOps.Statistics.Tests;

public sealed class TwoSampleTests
{
    private static readonly JsonElement Golden = Cases("two_sample.json", "cases");
    private static readonly JsonElement Binned = Cases("binned.json", "numerical");

    public static TheoryData<string> Samples => [.. Names(Golden)];

    public static TheoryData<string> BinnedSamples => [.. Names(Binned)];

    [Theory, MemberData(nameof(Samples))]
    public void Kolmogorov_smirnov_equals_scipys(string name)
    {
        var (x, y, expected) = Sample(name);
        var ks = expected.GetProperty("ks");
        var (n, m) = (x.Count(double.IsFinite), y.Count(double.IsFinite));

        var actual = KolmogorovSmirnov.Test(x, y);

        Same(ks.GetProperty("statistic").GetDouble(), actual.Statistic);
        SamePValue(ks.GetProperty("pvalue_auto").GetDouble(), actual.PValue);
        if (ks.GetProperty("pvalue_asymp").ValueKind == JsonValueKind.Number)
        {
            SamePValue(ks.GetProperty("pvalue_asymp").GetDouble(), KolmogorovSmirnov.AsymptoticPValue(actual.Statistic, n, m));
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Wasserstein_equals_scipys(string name)
    {
        var (x, y, expected) = Sample(name);

        Same(expected.GetProperty("wasserstein").GetDouble(), Wasserstein.Distance(x, y));
        Same(expected.GetProperty("wasserstein_normed").GetDouble(), Wasserstein.Normed(x, y));
    }

    [Theory, MemberData(nameof(BinnedSamples))]
    public void Stability_index_on_reference_deciles_equals_the_reference(string name)
    {
        var (x, y, _) = Sample(name);
        var expected = Case(Binned, name).GetProperty("psi_quantile");
        var (reference, current) = (WeightedSample.Of(x), WeightedSample.Of(y));

        var edges = PopulationStability.Edges(reference);

        Assert.Equal(Numbers(expected.GetProperty("ref_counts")), PopulationStability.Counts(reference, edges));
        Assert.Equal(Numbers(expected.GetProperty("cur_counts")), PopulationStability.Counts(current, edges));
        Same(expected.GetProperty("psi").GetDouble(), PopulationStability.OfSamples(reference, current));
    }

    [Theory, MemberData(nameof(BinnedSamples))]
    public void Jensen_shannon_of_binned_numbers_equals_the_reference(string name)
    {
        var bins = Case(Binned, name).GetProperty("evidently");

        var actual = JensenShannon.Distance(Numbers(bins.GetProperty("ref_counts")), Numbers(bins.GetProperty("cur_counts")));

        Same(bins.GetProperty("jensenshannon").GetDouble(), actual);
    }

    [Theory]
    [InlineData(new double[0], new[] { 1.0 })]
    [InlineData(new[] { 1.0 }, new[] { double.NaN, double.PositiveInfinity })]
    public void A_sample_without_a_finite_value_is_refused(double[] x, double[] y)
    {
        Assert.Throws<ArgumentException>(() => KolmogorovSmirnov.Test(x, y));
        Assert.Throws<ArgumentException>(() => Wasserstein.Normed(x, y));
        Assert.Throws<ArgumentException>(() => PopulationStability.OfSamples(x, y));
    }

    private static (double[] X, double[] Y, JsonElement Expected) Sample(string name)
    {
        var sample = Case(Golden, name);
        return (Numbers(sample.GetProperty("x")), Numbers(sample.GetProperty("y")), sample.GetProperty("expected"));
    }
}
