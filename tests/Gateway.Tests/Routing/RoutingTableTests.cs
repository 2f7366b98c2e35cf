using System.Collections.Frozen;
using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Replicas;
using ModelOps.Gateway.Routing;

namespace ModelOps.Gateway.Tests.Routing;

public sealed class RoutingTableTests
{
    private static readonly string Sha = new('a', 64);

    [Fact]
    public void Requests_go_to_the_replicas_that_are_ready_with_the_deployed_version()
    {
        var table = Table([Deploy("fraud", 2)], Holds("a", ("fraud", 2, LoadProgress.Ready)), Holds("b", ("fraud", 2, LoadProgress.Loading)));

        var found = table.Find("fraud", "", "any", out var route);

        Assert.Equal((NoRoute.None, 2), (found, route.Version));
        Assert.Equal(["a"], route.Ready.Select(replica => replica.InstanceId));
    }

    [Fact]
    public void The_version_before_answers_until_one_replica_is_ready_with_the_new_one()
    {
        Deployment[] changing = [Deploy("fraud", 2, previous: 1)];
        var none = Table(changing, Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Loading)), Holds("b", ("fraud", 1, LoadProgress.Ready)));
        var one = Table(changing, Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Ready)), Holds("b", ("fraud", 1, LoadProgress.Ready)));

        none.Find("fraud", "", "any", out var before);
        one.Find("fraud", "", "any", out var after);

        Assert.Equal((1, 2), (before.Version, before.Ready.Length));
        Assert.Equal((2, 1), (after.Version, after.Ready.Length));
    }

    [Theory, InlineData("2", 2), InlineData("1", 1)]
    public void A_version_that_is_named_is_the_one_that_answers(string asked, long answers)
    {
        var table = Table([Deploy("fraud", 2, previous: 1)], Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Ready)));

        var found = table.Find("fraud", asked, "any", out var route);

        Assert.Equal((NoRoute.None, answers), (found, route.Version));
    }

    [Fact]
    public void A_pinned_version_answers_who_names_it_and_nobody_else()
    {
        var table = Table([Deploy("fraud", 2) with { Pinned = [new(1, Sha), new(3, Sha)] }], Holds("a", ("fraud", 1, LoadProgress.Ready)));

        var named = table.Find("fraud", "1", "any", out var route);

        Assert.Equal((NoRoute.None, 1), (named, route.Version));
        Assert.Equal(NoRoute.NotReady, table.Find("fraud", "3", "any", out _));
        Assert.Equal(NoRoute.NotReady, table.Find("fraud", "", "any", out _));
    }

    [Theory, InlineData("3"), InlineData("0"), InlineData("-1"), InlineData("+2"), InlineData(" 2"), InlineData("two"), InlineData("99999999999999999999")]
    public void A_version_that_is_not_deployed_is_unknown(string asked)
    {
        var table = Table([Deploy("fraud", 2)], Holds("a", ("fraud", 2, LoadProgress.Ready)));

        Assert.Equal(NoRoute.UnknownVersion, table.Find("fraud", asked, "any", out _));
    }

    [Theory, InlineData(0, 0), InlineData(25, 250), InlineData(100, 1000)]
    public void A_weight_sends_its_share_of_keys_to_the_candidate(double weight, int expected)
    {
        var table = Table([Trying("fraud", 1, 2, weight)], Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Ready)));

        var tried = Enumerable.Range(0, 1_000).Count(i => VersionOf(table, $"user-{i}") == 2);

        Assert.InRange(tried, expected - 60, expected + 60); // more than four standard deviations
        Assert.True(weight is not (0 or 100) || tried == expected);
    }

    [Fact]
    public void An_arm_that_no_replica_is_ready_with_leaves_its_keys_to_the_other()
    {
        Deployment[] trying = [Trying("fraud", 1, 2, 50)];
        var baselineOnly = Table(trying, Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Loading)));
        var candidateOnly = Table(trying, Holds("a", ("fraud", 1, LoadProgress.Failed), ("fraud", 2, LoadProgress.Ready)));
        var neither = Table(trying, Holds("a", ("fraud", 1, LoadProgress.Failed), ("fraud", 2, LoadProgress.Failed)));

        Assert.All(Keys, key => Assert.Equal((1, 2), (VersionOf(baselineOnly, key), VersionOf(candidateOnly, key))));
        Assert.All(Keys, key => Assert.Equal(NoRoute.NotReady, neither.Find("fraud", "", key, out _)));
    }

    [Fact]
    public void A_candidate_without_weight_answers_only_who_names_it()
    {
        var table = Table([Trying("fraud", 1, 2, 0)], Holds("a", ("fraud", 2, LoadProgress.Ready)));

        Assert.All(Keys, key => Assert.Equal(NoRoute.NotReady, table.Find("fraud", "", key, out _)));
        Assert.Equal(NoRoute.None, table.Find("fraud", "2", "any", out _));
    }

    [Fact]
    public void A_version_that_was_rolled_back_answers_only_who_names_it()
    {
        var rolledBack = Trying("fraud", 1, 2, 50).RollBack(9, DateTimeOffset.UnixEpoch);
        var table = Table([rolledBack], Holds("a", ("fraud", 2, LoadProgress.Ready)));

        Assert.All(Keys, key => Assert.Equal(NoRoute.NotReady, table.Find("fraud", "", key, out _)));
        Assert.Equal(NoRoute.None, table.Find("fraud", "2", "any", out _));
    }

    [Fact]
    public void A_model_without_a_ready_replica_is_told_from_one_that_is_not_deployed()
    {
        var table = Table([Deploy("fraud", 2)], Holds("a", ("fraud", 2, LoadProgress.Failed)));

        Assert.Equal(NoRoute.NotReady, table.Find("fraud", "", "any", out _));
        Assert.Equal(NoRoute.NotReady, table.Find("fraud", "2", "any", out _));
        Assert.Equal(NoRoute.UnknownModel, table.Find("churn", "", "any", out _));
    }

    [Fact]
    public void Other_workspaces_and_environments_take_no_part()
    {
        var elsewhere = Deploy("fraud", 9) with { Key = new("default", "staging", "fraud") };
        var others = Deploy("fraud", 8) with { Key = new("team", "production", "fraud") };

        var table = Table([Deploy("fraud", 2), elsewhere, others], Holds("a", ("fraud", 2, LoadProgress.Ready)));
        table.Find("fraud", "", "any", out var route);

        Assert.Equal((1, 2), (table.Count, route.Version));
    }

    [Fact]
    public void Before_the_first_snapshot_replicas_are_known_and_models_are_not()
    {
        var table = RoutingTable.Build(null, new([Holds("a")]), "default", "production");

        Assert.Equal((0, 1), (table.Count, table.Replicas.Length));
    }

    private static IEnumerable<string> Keys => Enumerable.Range(0, 50).Select(i => $"user-{i}");

    private static long VersionOf(RoutingTable table, string key)
    {
        Assert.Equal(NoRoute.None, table.Find("fraud", "", key, out var route));
        return route.Version;
    }

    private static Deployment Trying(string model, long version, long candidate, double weight) =>
        Deploy(model, version) with { Candidate = new(new(candidate, Sha), weight, Guid.Empty) };

    private static RoutingTable Table(Deployment[] deployments, params ReplicaState[] replicas) =>
        RoutingTable.Build(new(1, deployments), new([.. replicas]), "default", "production");

    private static Deployment Deploy(string model, long version, long? previous = null) =>
        new(new("default", "production", model), new(version, Sha), previous is { } p ? new(p, Sha) : null, 1, DateTimeOffset.UnixEpoch);

    private static ReplicaState Holds(string id, params (string Model, long Version, LoadProgress Progress)[] versions) => new(
        new(id, "http://127.0.0.1:1", "http://127.0.0.1:2"),
        versions.ToFrozenDictionary(v => new VersionKey("default", v.Model, v.Version), v => new VersionReport(v.Progress, "")));
}
