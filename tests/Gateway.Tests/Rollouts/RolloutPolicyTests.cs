using ModelOps.Gateway.Rollouts;

namespace ModelOps.Gateway.Tests.Rollouts;

public sealed class RolloutPolicyTests
{
    public static TheoryData<string, double[]> BadSteps => new()
    {
        { "not rising", [10, 10, 100] }, { "falling", [50, 25, 100] }, { "not to the end", [10, 50] }, { "beyond the end", [10, 101] },
        { "from nothing", [0, 100] }, { "negative", [-1, 100] }, { "no number", [double.NaN, 100] },
    };

    [Fact]
    public void What_is_left_at_zero_takes_the_default_of_the_contract()
    {
        var policy = new RolloutPolicy
        {
            Steps = [],
            StepSeconds = 0,
            MinimumPredictions = 0,
            MinimumLabels = 0,
            MaximumErrorRate = 0,
            MaximumLatencyP99Seconds = 0,
            LogLossMargin = 0,
            BrierMargin = 0,
            TimeoutSeconds = 0,
        }.WithDefaults();

        Assert.Null(policy.FindProblem());
        Assert.Equal([10, 25, 50, 75, 100], policy.Steps);
        Assert.Equal((300, 1_000, 500, 0.01), (policy.StepSeconds, policy.MinimumPredictions, policy.MinimumLabels, policy.MaximumErrorRate));
        Assert.Equal((0.1, 0.01, 0.005, 86_400), (policy.MaximumLatencyP99Seconds, policy.LogLossMargin, policy.BrierMargin, policy.TimeoutSeconds));
    }

    [Theory, MemberData(nameof(BadSteps))]
    public void Steps_rise_to_100(string why, double[] steps) =>
        Assert.True(new RolloutPolicy { Steps = steps }.FindProblem() is { Field: "steps" }, why);

    [Fact]
    public void Steps_are_at_most_100_and_one_is_enough()
    {
        Assert.Null(new RolloutPolicy { Steps = [100] }.FindProblem());
        Assert.Null(new RolloutPolicy { Steps = [.. Enumerable.Range(1, 100)] }.FindProblem());
        Assert.NotNull(new RolloutPolicy { Steps = [.. Enumerable.Range(1, 101).Select(i => i / 1.01)] }.FindProblem());
    }

    [Theory]
    [InlineData("step_seconds", -1), InlineData("step_seconds", double.NaN), InlineData("maximum_error_rate", 1.1), InlineData("maximum_latency_p99_seconds", -0.1)]
    [InlineData("log_loss_margin", double.PositiveInfinity), InlineData("brier_margin", 1.5), InlineData("timeout_seconds", 1e9), InlineData("timeout_seconds", 299)]
    [InlineData("minimum_predictions", -1), InlineData("minimum_labels", 2e9)]
    public void A_value_out_of_range_is_named(string field, double value)
    {
        var policy = field switch
        {
            "step_seconds" => new RolloutPolicy { StepSeconds = value },
            "maximum_error_rate" => new RolloutPolicy { MaximumErrorRate = value },
            "maximum_latency_p99_seconds" => new RolloutPolicy { MaximumLatencyP99Seconds = value },
            "log_loss_margin" => new RolloutPolicy { LogLossMargin = value },
            "brier_margin" => new RolloutPolicy { BrierMargin = value },
            "timeout_seconds" => new RolloutPolicy { TimeoutSeconds = value },
            "minimum_predictions" => new RolloutPolicy { MinimumPredictions = (long)value },
            _ => new RolloutPolicy { MinimumLabels = (long)value },
        };

        Assert.Equal(field, policy.FindProblem()?.Field);
    }
}
