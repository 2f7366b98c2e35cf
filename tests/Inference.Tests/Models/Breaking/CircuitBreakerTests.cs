using ModelOps.Inference.Models.Breaking;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Tests.Models.Breaking;

public sealed class CircuitBreakerTests
{
    private readonly Clock _clock = new();
    private readonly CircuitBreaker _breaker;
    private readonly List<string> _changes = [];

    public CircuitBreakerTests()
    {
        var options = new BreakerOptions { Failures = 3, FailureRatio = 0.5, Window = TimeSpan.FromSeconds(30), Wait = TimeSpan.FromSeconds(10) };
        _breaker = new(new("default", "m", 7), options, _clock) { Changed = outage => _changes.Add(outage?.Reason ?? "well") };
    }

    [Fact]
    public void It_opens_after_so_many_failures_and_says_when_to_come_back()
    {
        Fail(2);
        Assert.True(_breaker.TryEnter(out _));

        Fail(1);

        Assert.False(_breaker.TryEnter(out var refusal));
        Assert.Equal((RefusalKind.Unavailable, TimeSpan.FromSeconds(10)), (refusal.Kind, refusal.RetryAfter));
        Assert.Equal("version 7 of 'm' is taken out for now: 3 of 3 runs failed, the last one so: it broke", refusal.Detail);
        Assert.NotNull(_breaker.Outage);
    }

    [Fact]
    public void While_most_runs_go_well_it_stays_closed()
    {
        for (var i = 0; i < 10; i++)
        {
            Fail(1);
            _breaker.Succeeded();
            _breaker.Succeeded();
        }

        Assert.True(_breaker.TryEnter(out _));
    }

    [Fact]
    public void Failures_far_apart_do_not_add_up()
    {
        for (var i = 0; i < 10; i++)
        {
            Fail(1);
            _clock.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.True(_breaker.TryEnter(out _));
    }

    [Fact]
    public void After_the_wait_one_request_tries_and_brings_it_back()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_breaker.Outage);

        Assert.True(_breaker.TryEnter(out _));
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Succeeded();

        Assert.True(_breaker.TryEnter(out _));
        Assert.Equal(["3 of 3 runs failed, the last one so: it broke", "well"], _changes);
    }

    [Fact]
    public void A_trial_that_fails_takes_it_out_again()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_breaker.TryEnter(out _));

        Fail(1);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(_breaker.TryEnter(out var refusal));
        Assert.EndsWith("its trial failed: it broke", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_of_which_nothing_is_heard_does_not_keep_it_out_for_ever()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_breaker.TryEnter(out _));

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.True(_breaker.TryEnter(out _));
    }

    [Fact]
    public void Runs_that_were_under_way_when_it_opened_change_nothing()
    {
        Fail(3);

        Fail(5);
        _breaker.Succeeded();

        Assert.False(_breaker.TryEnter(out _));
        Assert.Single(_changes);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Failed("it broke");
        }
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;
    }
}
