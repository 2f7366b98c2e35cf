using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Serving;

namespace ModelOps.Gateway.Tests.Serving;

public sealed class DesiredStatesTests
{
    [Fact]
    public void Current_versions_are_primary_and_kept_ones_are_not()
    {
        var state = DesiredStates.Of(new(7, [Deploy("b", 1), Deploy("a", 3, previous: 2)]), "production");

        Assert.Equal(7, state.Revision);
        Assert.Equal(
            [("a", 3L, true), ("a", 2L, false), ("b", 1L, true)],
            state.Versions.Select(version => (version.Model, version.Version, version.Primary)));
    }

    [Fact]
    public void What_a_rollout_tries_and_what_it_let_go_of_are_held_and_named_once()
    {
        var trying = Deploy("a", 1, previous: 2) with { Candidate = new(new(2, new('b', 64)), 10, Guid.Empty), Retired = new(3, new('c', 64)) };

        var state = DesiredStates.Of(new(7, [trying]), "production");

        Assert.Equal([(1L, true), (2L, false), (3L, false)], state.Versions.Select(version => (version.Version, version.Primary)));
        Assert.Equal("production", state.Environment);
    }

    [Fact]
    public void Pinned_versions_are_held_and_named_once()
    {
        var pinned = Deploy("a", 1, previous: 2) with { Pinned = [new(2, new('b', 64)), new(3, new('c', 64)), new(1, new('a', 64))] };

        Assert.Equal([(1L, true), (2L, false), (3L, false)], DesiredStates.Of(new(7, [pinned]), "production").Versions.Select(version => (version.Version, version.Primary)));
    }

    [Fact]
    public void Equal_deployments_make_equal_messages_in_whatever_order_they_are_read() =>
        Assert.Equal(
            DesiredStates.Of(new(7, [Deploy("b", 1), Deploy("a", 3)]), "production"),
            DesiredStates.Of(new(7, [Deploy("a", 3), Deploy("b", 1)]), "production"));

    [Fact]
    public void Only_the_environment_asked_for_takes_part() =>
        Assert.Empty(DesiredStates.Of(new(7, [Deploy("a", 1)]), "staging").Versions);

    private static Deployment Deploy(string model, long version, long? previous = null) => new(
        new("default", "production", model), new(version, new('a', 64)), previous is { } p ? new(p, new('b', 64)) : null, 1, DateTimeOffset.UnixEpoch);
}
