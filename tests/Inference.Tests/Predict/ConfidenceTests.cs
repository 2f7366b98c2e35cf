using ModelOps.Inference.Predict;

namespace ModelOps.Inference.Tests.Predict;

public sealed class ConfidenceTests
{
    [Theory]
    [InlineData(1, "very_high")]
    [InlineData(0.9, "very_high")]
    [InlineData(0.899999, "high")]
    [InlineData(0.7, "high")]
    [InlineData(0.699999, "medium")]
    [InlineData(0.5, "medium")]
    [InlineData(0.499999, "low")]
    [InlineData(double.NaN, "low")]
    public void Probability_has_a_word(double probability, string word) => Assert.Equal(word, Confidence.Of(probability));
}
