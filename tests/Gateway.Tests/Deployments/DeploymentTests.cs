using ModelOps.Gateway.Deployments;

namespace ModelOps.Gateway.Tests.Deployments;

public sealed class DeploymentTests
{
    private static readonly ServedVersion V1 = new(1, new('1', 64));
    private static readonly ServedVersion V2 = new(2, new('2', 64));
    private static readonly ServedVersion V3 = new(3, new('3', 64));

    [Fact]
    public void The_first_version_keeps_nothing() => Assert.Null(Deployment.KeepWhileLoading(null, null, V1));

    [Fact]
    public void A_new_version_keeps_the_one_that_serves() => Assert.Equal(V1, Deployment.KeepWhileLoading(V1, null, V2));

    [Fact]
    public void A_change_during_a_change_keeps_the_version_that_still_serves() => Assert.Equal(V1, Deployment.KeepWhileLoading(V2, V1, V3));

    [Fact]
    public void Going_back_during_a_change_keeps_nothing() => Assert.Null(Deployment.KeepWhileLoading(V2, V1, V1));

    [Fact]
    public void A_promoted_candidate_is_deployed_and_the_version_before_is_kept()
    {
        var promoted = Trying(V1, V2).Promote(8, DateTimeOffset.UnixEpoch);

        Assert.Equal((V2, V1, null, null, 8), (promoted.Current, promoted.Previous, promoted.Candidate, promoted.Retired, promoted.Revision));
    }

    [Fact]
    public void A_candidate_that_is_rolled_back_is_held_apart_until_it_is_tried_or_deployed_again()
    {
        var rolledBack = Trying(V1, V2).RollBack(8, DateTimeOffset.UnixEpoch);
        var again = rolledBack.Try(new(V2, 10, Guid.Empty), 9, DateTimeOffset.UnixEpoch);
        var deployed = Deployment.Of(rolledBack, rolledBack.Key, V2, 9, DateTimeOffset.UnixEpoch);

        Assert.Equal((V1, null, null, V2), (rolledBack.Current, rolledBack.Previous, rolledBack.Candidate, rolledBack.Retired));
        Assert.Null(again.Retired);
        Assert.Equal((V2, V1, null), (deployed.Current, deployed.Previous, deployed.Retired));
    }

    [Fact]
    public void A_version_that_was_left_is_held_for_requests_on_their_way_to_it()
    {
        var key = Trying(V1, V2).Key;
        var second = Deployment.Of(Deployment.Of(null, key, V1, 1, DateTimeOffset.UnixEpoch), key, V2, 2, DateTimeOffset.UnixEpoch);

        var back = Deployment.Of(second, key, V1, 3, DateTimeOffset.UnixEpoch);
        var third = Deployment.Of(second, key, V3, 3, DateTimeOffset.UnixEpoch);
        var forth = Deployment.Of(back, key, V2, 4, DateTimeOffset.UnixEpoch);
        var amidARollout = Deployment.Of(Trying(V1, V2), key, V3, 8, DateTimeOffset.UnixEpoch);

        Assert.Equal((V1, null, V2), (back.Current, back.Previous, back.Retired));
        Assert.Equal((V3, V1, V2), (third.Current, third.Previous, third.Retired));
        Assert.Equal((V2, V1, null), (forth.Current, forth.Previous, forth.Retired));
        Assert.Equal((V3, V1, V2), (amidARollout.Current, amidARollout.Previous, amidARollout.Retired));
    }

    [Fact]
    public void Pinned_versions_stay_whatever_is_tried_or_deployed()
    {
        var pinned = Trying(V1, V2) with { Pinned = [V3] };

        Deployment[] later = [pinned.Promote(8, DateTimeOffset.UnixEpoch), pinned.RollBack(8, DateTimeOffset.UnixEpoch), Deployment.Of(pinned, pinned.Key, V2, 8, DateTimeOffset.UnixEpoch)];

        Assert.All(later, deployment => Assert.Equal(V3, Assert.Single(deployment.Pinned)));
    }

    [Theory, InlineData("fraud"), InlineData("0"), InlineData("a.b_c-d9")]
    public void Names_that_keep_the_rule_are_valid(string name) => Assert.True(ModelName.IsValid(name));

    [Theory, InlineData(""), InlineData(null), InlineData("Fraud"), InlineData(".."), InlineData("-a"), InlineData("a/b"), InlineData("a b"), InlineData("é")]
    public void Other_names_are_not(string? name) => Assert.False(ModelName.IsValid(name));

    [Fact]
    public void Names_have_at_most_128_characters()
    {
        Assert.True(ModelName.IsValid(new('a', 128)));
        Assert.False(ModelName.IsValid(new('a', 129)));
    }

    private static Deployment Trying(ServedVersion current, ServedVersion candidate) =>
        new(new("default", "production", "fraud"), current, null, 7, DateTimeOffset.UnixEpoch) { Candidate = new(candidate, 25, Guid.Empty) };

    [Fact]
    public async Task Waiting_for_a_newer_state_ends_when_it_is_published()
    {
        var catalog = new DeploymentCatalog();
        var first = catalog.NewerThanAsync(0, CancellationToken.None);
        catalog.Publish(new(5, []));
        var second = catalog.NewerThanAsync(5, CancellationToken.None);

        Assert.Equal(5, (await first).Revision);
        Assert.False(second.IsCompleted);
        catalog.Publish(new(6, []));
        Assert.Equal(6, (await second).Revision);
    }

    [Fact]
    public void An_older_state_never_takes_the_place_of_a_newer_one()
    {
        var catalog = new DeploymentCatalog();
        catalog.Publish(new(5, []));

        catalog.Publish(new(4, []));

        Assert.Equal(5, catalog.Current!.Revision);
    }
}
