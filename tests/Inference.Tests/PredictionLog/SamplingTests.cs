using ModelOps.Inference.PredictionLog;

namespace ModelOps.Inference.Tests.PredictionLog;

public sealed class SamplingTests
{
    [Theory]
    [InlineData("fraud", "prediction-1", 0.44428)] // SHA-256 of "fraud\nprediction-1" begins with 71bc9641
    [InlineData("fraud", "prediction-2", 0.47286)]
    [InlineData("churn", "prediction-1", 0.65716)]
    public void The_documented_hash_decides(string model, string id, double fraction)
    {
        Assert.False(Sampling.Takes(model, id, fraction - 1e-4));
        Assert.True(Sampling.Takes(model, id, fraction + 1e-4));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 2_500)]
    [InlineData(1, 10_000)]
    public void About_the_wanted_share_is_taken(double rate, int expected) => Assert.InRange(
        Enumerable.Range(0, 10_000).Count(i => Sampling.Takes("fraud", $"prediction-{i}", rate)), expected * 0.95, expected * 1.05);

    [Fact]
    public void A_lower_rate_takes_a_part_of_what_a_higher_one_takes() => Assert.All(
        Enumerable.Range(0, 1_000).Select(i => $"prediction-{i}").Where(id => Sampling.Takes("fraud", id, 0.1)), id => Assert.True(Sampling.Takes("fraud", id, 0.3)));
}
