using ModelOps.Monitor.Policies;
using ModelOps.Monitor.Windows;

namespace ModelOps.Monitor.Tests.Windows;

public sealed class WindowFillingTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly MonitoringPolicy Policy = new() { WindowRows = 10, WindowSeconds = 60, WindowIdleSeconds = 5 };

    [Fact]
    public void A_batch_fills_the_open_window_closes_it_and_goes_on_in_the_next()
    {
        var (first, _) = WindowFilling.Fill(null, EventTimes(7), Policy, Noon);

        var (windows, windowOf) = WindowFilling.Fill(first[0], EventTimes(18), Policy, Noon);

        Assert.Equal([10, 10, 5], windows.Select(window => window.Rows));
        Assert.Equal([true, true, false], windows.Select(window => window.CloseTime is not null));
        Assert.Equal([3, 10, 5], windows.Select(window => windowOf.Count(id => id == window.Id)));
        Assert.Equal(first[0].Id, windows[0].Id);
    }

    [Fact]
    public void A_window_knows_the_earliest_and_the_latest_event()
    {
        var (windows, _) = WindowFilling.Fill(null, [Noon.AddSeconds(3), Noon.AddSeconds(-2), Noon], Policy, Noon.AddDays(1));

        Assert.Equal((Noon.AddSeconds(-2), Noon.AddSeconds(3)), (windows[0].FirstEventTime, windows[0].LastEventTime));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void A_window_that_nobody_closed_in_time_takes_no_more(int seconds, bool isNew)
    {
        var (first, _) = WindowFilling.Fill(null, EventTimes(1), Policy, Noon);

        var (windows, windowOf) = WindowFilling.Fill(first[0], EventTimes(1), Policy, Noon.AddSeconds(seconds));

        Assert.Equal(isNew ? [1L, 1L] : [2L], windows.Select(window => window.Rows));
        Assert.Equal(isNew, windowOf[0] != first[0].Id);
    }

    [Theory]
    [InlineData(59, 58, 0, false)]
    [InlineData(60, 59, 0, true)]
    [InlineData(30, 26, 5, false)]
    [InlineData(30, 25, 5, true)]
    [InlineData(30, 0, 0, false)]
    public void A_window_is_due_by_age_or_when_left_alone(int now, int latest, double idle, bool due)
    {
        var window = WindowFill.Open(Guid.Empty, Noon, Noon) with { LatestTime = Noon.AddSeconds(latest) };

        Assert.Equal(due, window.IsDue(Policy with { WindowIdleSeconds = idle }, Noon.AddSeconds(now)));
    }

    [Fact]
    public void A_policy_with_smaller_windows_closes_one_that_is_larger_already()
    {
        var (first, _) = WindowFilling.Fill(null, EventTimes(7), Policy, Noon);

        var (windows, _) = WindowFilling.Fill(first[0], EventTimes(1), Policy with { WindowRows = 5 }, Noon);

        Assert.Equal([7, 1], windows.Select(window => window.Rows));
    }

    private static DateTime[] EventTimes(int count) => [.. Enumerable.Range(0, count).Select(i => Noon.AddMilliseconds(i))];
}
