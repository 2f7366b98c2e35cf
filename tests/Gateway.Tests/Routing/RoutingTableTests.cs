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

        var found = table.Find("fraud", "", out var route);

        Assert.Equal((NoRoute.None, 2), (found, route.Version));
        Assert.Equal(["a"], route.Ready.Select(replica => replica.InstanceId));
    }

    [Fact]
    public void The_version_before_answers_until_one_replica_is_ready_with_the_new_one()
    {
        Deployment[] changing = [Deploy("fraud", 2, previous: 1)];
        var none = Table(changing, Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Loading)), Holds("b", ("fraud", 1, LoadProgress.Ready)));
        var one = Table(changing, Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Ready)), Holds("b", ("fraud", 1, LoadProgress.Ready)));

        none.Find("fraud", "", out var before);
        one.Find("fraud", "", out var after);

        Assert.Equal((1, 2), (before.Version, before.Ready.Length));
        Assert.Equal((2, 1), (after.Version, after.Ready.Length));
    }

    [Theory, InlineData("2", 2), InlineData("1", 1)]
    public void A_version_that_is_named_is_the_one_that_answers(string asked, long answers)
    {
        var table = Table([Deploy("fraud", 2, previous: 1)], Holds("a", ("fraud", 1, LoadProgress.Ready), ("fraud", 2, LoadProgress.Ready)));

        var found = table.Find("fraud", asked, out var route);

        Assert.Equal((NoRoute.None, answers), (found, route.Version));
    }

    [Theory, InlineData("3"), InlineData("0"), InlineData("-1"), InlineData("+2"), InlineData(" 2"), InlineData("two"), InlineData("99999999999999999999")]
    public void A_version_that_is_not_deployed_is_unknown(string asked)
    {
        var table = Table([Deploy("fraud", 2)], Holds("a", ("fraud", 2, LoadProgress.Ready)));

        Assert.Equal(NoRoute.UnknownVersion, table.Find("fraud", asked, out _));
    }

    [Fact]
    public void A_model_without_a_ready_replica_is_told_from_one_that_is_not_deployed()
    {
        var table = Table([Deploy("fraud", 2)], Holds("a", ("fraud", 2, LoadProgress.Failed)));

        Assert.Equal(NoRoute.NotReady, table.Find("fraud", "", out _));
        Assert.Equal(NoRoute.NotReady, table.Find("fraud", "2", out _));
        Assert.Equal(NoRoute.UnknownModel, table.Find("churn", "", out _));
    }

    [Fact]
    public void Other_workspaces_and_environments_take_no_part()
    {
        var elsewhere = Deploy("fraud", 9) with { Key = new("default", "staging", "fraud") };
        var others = Deploy("fraud", 8) with { Key = new("team", "production", "fraud") };

        var table = Table([Deploy("fraud", 2), elsewhere, others], Holds("a", ("fraud", 2, LoadProgress.Ready)));
        table.Find("fraud", "", out var route);

        Assert.Equal((1, 2), (table.Count, route.Version));
    }

    [Fact]
    public void Before_the_first_snapshot_replicas_are_known_and_models_are_not()
    {
        var table = RoutingTable.Build(null, new([Holds("a")]), "default", "production");

        Assert.Equal((0, 1), (table.Count, table.Replicas.Length));
    }

    private static RoutingTable Table(Deployment[] deployments, params ReplicaState[] replicas) =>
        RoutingTable.Build(new(1, deployments), new([.. replicas]), "default", "production");

    private static Deployment Deploy(string model, long version, long? previous = null) =>
        new(new("default", "production", model), new(version, Sha), previous is { } p ? new(p, Sha) : null, 1, DateTimeOffset.UnixEpoch);

    private static ReplicaState Holds(string id, params (string Model, long Version, LoadProgress Progress)[] versions) => new(
        new(id, "http://127.0.0.1:1", "http://127.0.0.1:2"),
        versions.ToFrozenDictionary(v => new VersionKey("default", v.Model, v.Version), v => new VersionReport(v.Progress, "")));
}
