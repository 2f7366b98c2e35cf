using System.Net;
using System.Text;
using Grpc.Core;
using ModelOps.FeatureStore.Tests.Support;
using ModelOps.Testing;
using static ModelOps.FeatureStore.Tests.Support.Workspace;

namespace ModelOps.FeatureStore.Tests.Online;

/// <summary>A server that is gone is said to be unavailable; never that an entity or a view does not exist.</summary>
[Collection(FeatureStoreFixture.Name)]
public sealed class ServersDownTests(FeatureStoreFixture fixture)
{
    [Fact]
    public async Task Without_Redis_nothing_is_read_and_what_was_pushed_comes_online_by_a_repeat()
    {
        var redis = new RedisFixture();
        await redis.InitializeAsync();
        await using var host = await FeatureStoreHost.StartAsync(fixture.Postgres, redis.ConnectionString, fixture.Bus);
        var workspace = await CreateAsync(host);
        await workspace.PushAsync("stats", Stats(1, Now, 1, 1));
        await redis.DisposeAsync();
        using var http = host.CreateHttp();

        await RefusedAsync(StatusCode.Unavailable, "does not answer", () => workspace.ReadAsync(["stats:visits"], Users(1)));
        await RefusedAsync(StatusCode.Unavailable, "does not answer", () => workspace.PushAsync("stats", Stats(2, Now, 2, 2)));
        await RefusedAsync(StatusCode.Unavailable, "does not answer", () => workspace.MaterializeAsync("stats", $"user_id,at,amount,visits\n3,{Now.ToUnixTimeSeconds()},3,3\n"));
        using var answer = await http.PostAsync(
            $"/api/v1/features/online?workspace={workspace.Name}", new StringContent("""{"features":["stats:visits"],"entities":{"user_id":[1]}}""", Encoding.UTF8, "application/json"));
        var history = (await workspace.StatsAsync()).Count;
        using var health = await http.GetAsync("/health");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (answer.StatusCode, health.StatusCode));
        Assert.Equal(2, history); // the push is in the history; the file was refused before
        await Poll.UntilAsync("the other process knows the workspace", async ct => (await fixture.Host.Client.GetFeatureViewAsync(
            new() { Workspace = workspace.Name, Name = "stats" }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline, ct)).Version == 1);
        var elsewhere = await fixture.Host.Client.PushAsync(new() { Workspace = workspace.Name, View = "stats", Rows = { Stats(2, Now, 2, 2) } }, FeatureStoreHost.Headers(), FeatureStoreHost.Deadline);
        Assert.Equal((0L, 1L), (elsewhere.Stored, elsewhere.Online));
    }

    [Fact]
    public async Task Without_PostgreSQL_online_reads_go_on_and_nothing_is_called_unknown()
    {
        var postgres = new PostgresFixture();
        await postgres.InitializeAsync();
        await using var host = await FeatureStoreHost.StartAsync(await postgres.CreateDatabaseAsync(), fixture.Redis, fixture.Bus);
        var workspace = await CreateAsync(host);
        await workspace.PushAsync("stats", Stats(1, Now, 1, 1));
        await postgres.DisposeAsync();

        var read = await workspace.ReadAsync(["stats:visits"], Users(1));

        Assert.Equal(1, read[0].Values[0].Int64Value);
        await RefusedAsync(StatusCode.Unavailable, "", () => workspace.PushAsync("stats", Stats(1, Now.AddSeconds(1), 2, 2)));
        await RefusedAsync(StatusCode.Unavailable, "", () => workspace.HistoryAsync("stats"));
        await RefusedAsync(StatusCode.Unavailable, "", () => workspace.ApplyAsync(Workspace.Definitions));
        Assert.Equal(1, (await workspace.ReadAsync(["stats:visits"], Users(1)))[0].Values[0].Int64Value);
    }
}
