using ModelOps.Inference.DesiredState;

namespace ModelOps.Inference.Tests.DesiredState;

public sealed class MemoryPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(40, "")]
    [InlineData(41, "b")]
    [InlineData(60, "b")]
    [InlineData(61, "b,a")]
    [InlineData(80, "b,a")]
    public void What_was_not_used_for_the_longest_time_goes_first_and_no_more_than_needed(long bytes, string evicted) =>
        Assert.Equal(evicted, Evict(bytes, Idle("a", minutesAgo: 10), Idle("b", minutesAgo: 20), Idle("c", minutesAgo: 1)));

    [Fact]
    public void What_is_in_use_stays_and_then_there_is_no_room() => Assert.Null(Evict(81, Idle("a", 10), Idle("b", 20), Idle("c", 1)));

    [Fact]
    public void What_answers_for_its_model_stays_however_idle() => Assert.Null(Evict(81, Idle("a", 1000) with { MayGo = false }));

    [Fact]
    public void More_than_the_budget_never_fits() => Assert.Null(Evict(101));

    private static string? Evict(long bytes, params Occupant[] held) =>
        MemoryPlan.Evict(bytes, budget: 100, held, usedBefore: Noon.AddMinutes(-5)) is { } evicted ? string.Join(',', evicted.Select(key => key.Model)) : null;

    private static Occupant Idle(string model, int minutesAgo) => new(new("default", model, 1), Bytes: 20, MayGo: true, Noon.AddMinutes(-minutesAgo));
}
