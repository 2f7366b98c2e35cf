using ModelOps.Retrainer.Drift;
using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.Tests.Drift;

public sealed class DriftRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TriggerRules Rules = new(true, TimeSpan.FromMinutes(10), 1, TimeSpan.FromMinutes(1));

    [Fact]
    public void Drift_starts_a_run_when_nothing_speaks_against_it() => Assert.Null(DriftRules.Ignore(Rules, null, null, Noon));

    [Theory, InlineData(599, false), InlineData(600, true)]
    public void After_a_run_that_drift_started_the_next_one_waits_for_the_cool_down(double seconds, bool starts) =>
        Assert.Equal(starts, DriftRules.Ignore(Rules, null, Noon, Noon.AddSeconds(seconds)) is null);

    [Fact]
    public void A_run_under_way_and_a_pipeline_that_does_not_want_it_speak_against_it()
    {
        Assert.Contains("under way", DriftRules.Ignore(Rules, Guid.NewGuid(), null, Noon), StringComparison.Ordinal);
        Assert.Contains("does not start", DriftRules.Ignore(Rules with { Drift = false }, null, null, Noon), StringComparison.Ordinal);
    }
}
