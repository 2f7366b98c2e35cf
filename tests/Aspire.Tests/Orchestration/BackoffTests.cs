using Aspire.Hosting.Orchestration;

namespace ModelOps.Aspire.Tests.Orchestration;

public sealed class BackoffTests
{
    [Fact]
    public void Each_delay_is_twice_the_one_before_up_to_half_a_minute()
    {
        var backoff = new Backoff();

        var delays = Enumerable.Range(0, 9).Select(_ => backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds);

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30, 30], delays);
    }

    [Fact]
    public void Whoever_ran_for_a_minute_starts_from_the_shortest_delay_again()
    {
        var backoff = new Backoff();
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(0.5), backoff.Next(TimeSpan.FromMinutes(1)));
    }
}
