using Grpc.Core;
using ModelOps.FeatureStore.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.FeatureStore.Tests.Definitions;

[Collection(FeatureStoreFixture.Name)]
public sealed class ApplyDefinitionsTests(FeatureStoreFixture fixture)
{
    private readonly FeatureStoreHost _host = fixture.Host;

    [Fact]
    public async Task A_file_is_applied_once_and_a_repeat_changes_nothing()
    {
        var workspace = new Workspace(_host);

        var first = await workspace.ApplyAsync(Workspace.Definitions);
        var again = await workspace.ApplyAsync(Workspace.Definitions);

        Assert.Equal(["entity user: added", "entity shop: added", "view stats: added", "view notes: added", "view log: added", "service both: added"], first);
        Assert.Empty(again);
    }

    [Theory]
    [InlineData("feature stats:visits is int64; it cannot become double", "{ name: visits, type: int64 }", "{ name: visits, type: double }")]
    [InlineData("entity user has the join key user_id of type int64", "join_key: user_id, type: int64", "join_key: user_id, type: string")]
    [InlineData("entity user has the join key user_id", "join_key: user_id", "join_key: person_id")]
    [InlineData("view notes is about entity shop", "entity: shop", "entity: user")]
    public async Task A_change_of_meaning_is_refused_and_nothing_of_its_file_applied(string detail, string before, string after)
    {
        var workspace = await Workspace.CreateAsync(_host);
        var file = Workspace.Definitions.Replace(before, after, StringComparison.Ordinal) + "\n  - { name: more, features: [log] }";

        await Workspace.RefusedAsync(StatusCode.FailedPrecondition, detail, () => workspace.ApplyAsync(file));

        await Workspace.RefusedAsync(StatusCode.NotFound, "no feature service named more", () => GetServiceAsync(workspace, "more"));
        Assert.Empty(await workspace.ApplyAsync(Workspace.Definitions));
    }

    [Fact]
    public async Task What_a_file_does_not_name_stays_and_what_is_new_comes_at_the_end()
    {
        var workspace = await Workspace.CreateAsync(_host);

        var changes = await workspace.ApplyAsync("""
            views:
              - name: stats
                entity: user
                ttl: 12h
                online: true
                source: { type: csv, event_time: at }
                schema: [{ name: city, type: string }, { name: amount, type: double }]
            """);

        var view = await _host.Client.GetFeatureViewAsync(new() { Workspace = workspace.Name, Name = "stats" }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);
        Assert.Equal(["view stats: ttl 2592000 s became 43200 s", "view stats: feature city added in version 2"], changes);
        Assert.Equal(["amount", "visits", "city"], view.Schema.Select(field => field.Name));
        Assert.Equal((2L, 43_200L), (view.Version, view.TtlSeconds));
        Assert.Equal(3, (await GetServiceAsync(workspace, "both")).Features.Count);
    }

    [Fact]
    public async Task Versions_of_a_service_stay()
    {
        var workspace = await Workspace.CreateAsync(_host);
        await workspace.ApplyAsync("services: [{ name: both, features: [\"stats:visits\"] }]");

        var first = await GetServiceAsync(workspace, "both", 1);
        var newest = await GetServiceAsync(workspace, "both");

        Assert.Equal((1L, 3, 2L, 1), (first.Version, first.Features.Count, newest.Version, newest.Features.Count));
        await Workspace.RefusedAsync(StatusCode.NotFound, "no version 3", () => GetServiceAsync(workspace, "both", 3));
    }

    [Fact]
    public async Task Another_replica_learns_of_a_change()
    {
        await using var other = await FeatureStoreHost.StartAsync(fixture.Postgres, fixture.Redis, fixture.Bus);
        var workspace = new Workspace(_host);
        await Workspace.RefusedAsync(StatusCode.NotFound, "stats", async () =>
            await other.Client.GetFeatureViewAsync(new() { Workspace = workspace.Name, Name = "stats" }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline));

        await workspace.ApplyAsync(Workspace.Definitions);

        await Poll.UntilAsync("the other replica knows the view", async ct =>
            (await other.Client.GetFeatureViewAsync(new() { Workspace = workspace.Name, Name = "stats" }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline, ct)).Version == 1);
    }

    [Fact]
    public async Task Applied_at_the_same_time_both_files_hold()
    {
        var workspace = await Workspace.CreateAsync(_host);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => workspace.ApplyAsync($"services: [{{ name: s{i}, features: [stats] }}]")));

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(i => GetServiceAsync(workspace, $"s{i}"))), service => Assert.Equal(1, service.Version));
    }

    private async Task<Contracts.Features.V1.FeatureService> GetServiceAsync(Workspace workspace, string name, long version = 0) =>
        await _host.Client.GetFeatureServiceAsync(new() { Workspace = workspace.Name, Name = name, Version = version }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);
}
