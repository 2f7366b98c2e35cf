using ModelOps.Gateway.Rollouts;

namespace ModelOps.Gateway.Tests.Rollouts;

public sealed class RolloutRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ArmStatistics Good = new(1, 2_000, 0, 0.002, 0.01, 1_000, 100, 0.2, 0.3, 0.06, 0.02);

    private static RolloutPolicy Policy { get; } = RolloutPolicy.Default;

    [Theory]
    [InlineData(2, 1, 0, "hold: 1 of 2 replicas are ready with the candidate")]
    [InlineData(2, 1, 1, "hold: 1 of 2 replicas are ready with the candidate")]
    [InlineData(2, 0, 1, "hold: 0 of 2 replicas are ready with the candidate")]
    [InlineData(0, 0, 0, "hold: 0 of 0 replicas are ready with the candidate")]
    public void A_candidate_takes_no_traffic_before_every_replica_is_ready(int connected, int ready, int failed, string reason) =>
        AssertHold(reason, Decide(0, new(connected, ready, failed, null, null, "broken file")));

    [Fact]
    public void The_first_step_is_taken_when_every_replica_is_ready() =>
        Assert.Equal(10, Assert.IsType<RolloutDecision.Advance>(Decide(0, new(2, 2, 0, null, null, ""))).Weight);

    [Fact]
    public void A_candidate_that_no_replica_can_load_is_rolled_back_without_a_breach()
    {
        var decision = Assert.IsType<RolloutDecision.RollBack>(Decide(0, new(2, 0, 2, null, null, "broken file")));

        Assert.False(decision.Breach);
        Assert.Contains("broken file", decision.Reason, StringComparison.Ordinal);
    }

    [Theory, InlineData(10, 25), InlineData(25, 50), InlineData(50, 75), InlineData(75, 100)]
    public void A_candidate_that_does_as_well_takes_the_next_step(double weight, double next) =>
        Assert.Equal(next, Assert.IsType<RolloutDecision.Advance>(Decide(weight, Both(Good, Good))).Weight);

    [Fact]
    public void After_the_last_step_it_is_promoted_though_the_baseline_has_no_traffic_any_more() =>
        Assert.IsType<RolloutDecision.Promote>(Decide(100, Both(Nothing, Good), before: Good));

    [Fact]
    public void A_weight_that_the_policy_no_longer_names_goes_on_to_the_next_one_it_does() =>
        Assert.Equal(50, Assert.IsType<RolloutDecision.Advance>(Decide(30, Both(Good, Good))).Weight);

    [Fact]
    public void The_step_takes_its_time_however_much_is_known() =>
        AssertHold("hold: 299 of 300 s at this step", Decide(10, Both(Good, Good), after: 299));

    [Theory]
    [InlineData(10, 2, 1), InlineData(10, 2, 0), InlineData(10, 0, 0)]
    [InlineData(100, 2, 1)]
    public void However_well_it_does_no_weight_moves_while_a_replica_is_not_ready(double weight, int connected, int ready) =>
        AssertHold(
            $"hold: {ready} of {connected} replicas are ready with the candidate",
            Decide(weight, Both(Good, Good) with { Connected = connected, Ready = ready }, before: Good));

    [Fact]
    public void A_candidate_that_does_badly_is_rolled_back_whoever_is_ready() =>
        Assert.IsType<RolloutDecision.RollBack>(Decide(10, Both(Good, Good with { LogLossMean = 2 }) with { Ready = 0 }, after: 1));

    [Theory]
    [InlineData(999, 2_000, 1_000, 1_000, "hold: 999 of 1000 predictions on the candidate")]
    [InlineData(2_000, 999, 1_000, 1_000, "hold: 999 of 1000 predictions on the baseline")]
    [InlineData(2_000, 2_000, 499, 1_000, "hold: 499 of 500 labels on the candidate")]
    [InlineData(2_000, 2_000, 1_000, 499, "hold: 499 of 500 labels on the baseline")]
    public void Too_little_on_either_arm_holds_and_says_how_much_of_how_much(long predictions, long baselinePredictions, long labels, long baselineLabels, string reason) =>
        AssertHold(reason, Decide(10, Both(Good with { Predictions = baselinePredictions, Labels = baselineLabels }, Good with { Predictions = predictions, Labels = labels })));

    [Fact]
    public void At_the_last_step_only_the_candidate_has_to_have_them() =>
        AssertHold("hold: 499 of 500 labels on the candidate", Decide(100, Both(Nothing, Good with { Labels = 499 }), before: Good));

    [Theory]
    [InlineData(50, 50, true), InlineData(50, 10, true), InlineData(49, 49, false)] // the last: too few to mean anything
    [InlineData(50, 1, false), InlineData(200, 5, false)] // over 1 %, but so may a good one be by chance
    [InlineData(5_000, 100, true), InlineData(100_000, 1_200, true)]
    public void Errors_roll_back_at_once_when_they_are_more_than_chance(long predictions, long errors, bool rolledBack)
    {
        var decision = Decide(10, Both(Good, Good with { Predictions = predictions, Errors = errors }), after: 1);

        Assert.Equal(rolledBack, decision is RolloutDecision.RollBack { Breach: true });
    }

    [Fact]
    public void Errors_that_may_be_chance_hold_the_step_until_more_predictions_tell()
    {
        var decision = Decide(10, Both(Good, Good with { Predictions = 1_000, Errors = 12 }));

        AssertHold("hold: 12 of 1000 predictions of the candidate failed, which may be chance; 0.01 of them may", decision);
    }

    [Theory]
    [InlineData(50, 0.2, 0.3, true), InlineData(49, 0.2, 0.3, false)]
    [InlineData(50, 0.002, 0.3, false), InlineData(499, 0.002, 0.3, false), InlineData(500, 0.002, 0.3, true)]
    [InlineData(500, 0.002, 0.1, false)]
    public void A_slow_tail_rolls_back_at_once_when_it_is_more_than_a_hiccup(long predictions, double p50, double p99, bool rolledBack)
    {
        var decision = Decide(10, Both(Good, Good with { Predictions = predictions, LatencyP50Seconds = p50, LatencyP99Seconds = p99 }), after: 1);

        Assert.Equal(rolledBack, decision is RolloutDecision.RollBack { Breach: true });
    }

    [Theory]
    [InlineData(0.011, 0.000001, true), InlineData(0.009, 0.000001, false)] // the margin
    [InlineData(0.05, 0.3, false), InlineData(0.15, 0.3, true)] // beyond the margin, and beyond chance
    public void Quality_rolls_back_when_the_lower_bound_lies_above_the_margin(double worse, double variance, bool rolledBack)
    {
        var logLoss = Decide(10, Both(Good with { LogLossVariance = variance }, Good with { LogLossMean = Good.LogLossMean + worse, LogLossVariance = variance }), after: 1);
        var better = Decide(10, Both(Good with { LogLossMean = Good.LogLossMean + worse, LogLossVariance = variance }, Good with { LogLossVariance = variance }));

        Assert.Equal(rolledBack, logLoss is RolloutDecision.RollBack { Breach: true });
        Assert.IsType<RolloutDecision.Advance>(better);
    }

    [Fact]
    public void The_brier_score_counts_as_well_and_is_named()
    {
        var decision = Decide(10, Both(Good, Good with { BrierMean = 0.2 }), after: 1);

        Assert.Contains("Brier", Assert.IsType<RolloutDecision.RollBack>(decision).Reason, StringComparison.Ordinal);
    }

    [Theory, InlineData(29, 1_000, false), InlineData(30, 29, false), InlineData(30, 30, true)]
    public void Clearly_bad_quality_does_not_wait_for_the_minimum_of_labels(long labels, long baselineLabels, bool rolledBack)
    {
        var decision = Decide(10, Both(Good with { Labels = baselineLabels }, Good with { Labels = labels, LogLossMean = 2, LogLossVariance = 0.5 }), after: 1);

        Assert.Equal(rolledBack, decision is RolloutDecision.RollBack { Breach: true });
    }

    [Fact]
    public void One_wild_loss_among_few_labels_decides_nothing()
    {
        double[] losses = [34.5, .. Enumerable.Repeat(0.05, 39)];
        var mean = losses.Average();
        var variance = losses.Sum(loss => (loss - mean) * (loss - mean)) / (losses.Length - 1);

        var decision = Decide(10, Both(Good, Good with { Labels = 40, LogLossMean = mean, LogLossVariance = variance }), after: 1);

        Assert.IsType<RolloutDecision.Hold>(decision);
    }

    [Fact]
    public void The_last_step_is_compared_with_the_baseline_of_the_step_before()
    {
        var worse = Good with { LogLossMean = 0.5 };

        Assert.IsType<RolloutDecision.RollBack>(Decide(100, Both(Nothing, worse), before: Good, after: 1));
        Assert.IsType<RolloutDecision.Promote>(Decide(100, Both(Nothing, worse), before: null)); // steps of only 100 %: there is nothing to compare with
    }

    [Fact]
    public void A_monitor_that_is_away_holds_until_the_timeout()
    {
        var away = new RolloutEvidence(2, 2, 0, null, null, "Unavailable");

        AssertHold("hold: Monitor does not answer: Unavailable", Decide(10, away));
        var decision = Assert.IsType<RolloutDecision.RollBack>(Decide(10, away, after: 86_400));
        Assert.Equal("rolled back: no step for 86400 s; hold: Monitor does not answer: Unavailable", decision.Reason);
        Assert.False(decision.Breach);
    }

    [Fact]
    public void Whatever_holds_has_an_end_and_what_moves_has_none()
    {
        Assert.IsType<RolloutDecision.RollBack>(Decide(0, new(2, 1, 0, null, null, ""), after: 86_400));
        Assert.IsType<RolloutDecision.RollBack>(Decide(10, Both(Good, Good with { Labels = 0 }), after: 86_400));
        Assert.IsType<RolloutDecision.Advance>(Decide(10, Both(Good, Good), after: 90_000));
        Assert.IsType<RolloutDecision.Hold>(Decide(10, Both(Good, Good with { Labels = 0 }), after: 86_399));
    }

    private static ArmStatistics Nothing { get; } = new(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static RolloutEvidence Both(ArmStatistics baseline, ArmStatistics candidate) => new(2, 2, 0, baseline, candidate, "");

    private static RolloutDecision Decide(double weight, RolloutEvidence evidence, double after = 300, ArmStatistics? before = null) =>
        RolloutRules.Decide(new(weight, Start, before), evidence, Policy, Start.AddSeconds(after));

    private static void AssertHold(string reason, RolloutDecision decision) => Assert.Equal(reason, Assert.IsType<RolloutDecision.Hold>(decision).Reason);
}
