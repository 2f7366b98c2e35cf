using ModelOps.Monitor.Tests.Support;
using ModelOps.Testing;

namespace ModelOps.Monitor.Tests.Ingest;

/// <summary>Services that stop and start while predictions come in: every one is stored, once, and lies in a window of the right size.</summary>
[Collection(MonitorFixture.Name)]
public sealed class RestartTests(MonitorFixture fixture) : IAsyncLifetime
{
    private const string Model = "restarts";
    private const int WindowRows = 70;
    private const int BatchRows = 50;
    private const int Batches = 60;

    private readonly PostgresFixture _postgres = new();
    private readonly RabbitMQFixture _bus = new();
    private string _database = "";

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), _bus.InitializeAsync());
        _database = await _postgres.CreateDatabaseAsync();
    }

    public async Task DisposeAsync() => await Task.WhenAll(_bus.DisposeAsync(), _postgres.DisposeAsync());

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_replicas_come_and_go()
    {
        await using var publisher = await Publisher.ConnectAsync(_bus.ConnectionString);
        var first = await StartAsync();
        await first.SetPolicyAsync(new() { Model = Model, WindowRows = WindowRows });

        await PublishAsync(publisher, 0, Batches / 3);
        await first.DisposeAsync();
        await PublishAsync(publisher, Batches / 3, 2 * Batches / 3);
        await using var second = await StartAsync();
        await using var third = await StartAsync();
        await PublishAsync(publisher, 2 * Batches / 3, Batches);
        await PublishAsync(publisher, 0, Batches); // all of it once more
        await second.StoredAsync(Model, Batches * BatchRows);

        var stored = await second.AllAsync(Model);
        Assert.Equal(
            Records.Many(Model, Batches * BatchRows).Select(record => record.PredictionId),
            stored.Select(row => row.Prediction.PredictionId).Order(StringComparer.Ordinal));
        var windows = await third.WindowsAsync(Model);
        Assert.All(windows.Skip(1), window => Assert.Equal(WindowRows, window.Rows));
        Assert.Equal(Batches * BatchRows, windows.Sum(window => window.Rows));
        Assert.Empty(await second.QueryAsync<Guid>(
            "select window_id from monitor.windows w where rows <> (select count(*) from monitor.predictions p where p.window_id = w.window_id)"));
    }

    private Task<MonitorHost> StartAsync() => MonitorHost.StartAsync(_database, _bus.ConnectionString, fixture.Registry.Address);

    private static async Task PublishAsync(Publisher publisher, int from, int to)
    {
        for (var batch = from; batch < to; batch++)
        {
            await publisher.PublishAsync(Records.Many(Model, BatchRows, first: batch * BatchRows));
        }
    }
}
