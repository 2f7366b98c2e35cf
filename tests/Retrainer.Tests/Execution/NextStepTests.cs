using ModelOps.Retrainer.Execution;
using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.Tests.Execution;

public sealed class NextStepTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExecutionOptions Options = new() { MaxBreakdowns = 3, MinPause = TimeSpan.FromSeconds(1), MaxPause = TimeSpan.FromSeconds(30) };

    [Theory, InlineData(0, 1), InlineData(1, 2)]
    public void A_breakdown_is_followed_by_a_doubled_pause(int broken, double seconds)
    {
        var pause = NextStep.AfterBreakdown(StageWith(broken), "it broke", Options)!;

        Assert.Equal((TimeSpan.FromSeconds(seconds), true, false), (pause.Delay, pause.IsBroken, pause.IsWaiting));
    }

    [Fact]
    public void The_last_breakdown_allowed_ends_the_run() => Assert.Null(NextStep.AfterBreakdown(StageWith(2), "it broke", Options));

    [Theory, InlineData(0, 1), InlineData(20, 5), InlineData(59, 14.75)]
    public void A_wait_pauses_longer_the_longer_it_lasts(double waited, double seconds)
    {
        var wait = new StageResult.Wait("no labels", TimeSpan.FromMinutes(1));

        var pause = NextStep.WhileWaiting(StageWith(0) with { WaitingSince = Noon }, wait, Options, Noon.AddSeconds(waited))!;

        Assert.Equal((TimeSpan.FromSeconds(seconds), false, true), (pause.Delay, pause.IsBroken, pause.IsWaiting));
    }

    [Fact]
    public void A_wait_has_an_end() => Assert.Null(NextStep.WhileWaiting(
        StageWith(0) with { WaitingSince = Noon }, new("no labels", TimeSpan.FromMinutes(1)), Options, Noon.AddMinutes(1)));

    private static Stage StageWith(int broken) =>
        new() { Position = 1, Name = "training_set", State = RunState.Running, Broken = broken, Outputs = new Dictionary<string, string>() };
}
