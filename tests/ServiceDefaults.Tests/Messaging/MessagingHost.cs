using Dapper;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelOps.ServiceDefaults.Messaging;
using ModelOps.ServiceDefaults.Tests.Hosting;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

/// <summary>A service with a bus, an outbox and, if wanted, a consumer; short pauses, so that failures are soon for good.</summary>
internal sealed class MessagingHost(TestHost host) : IAsyncDisposable
{
    public TestHost Host => host;

    public NpgsqlDataSource Source => host.Services.GetRequiredService<NpgsqlDataSource>();

    public static async Task<MessagingHost> StartAsync(string database, string bus, Handled? handled = null, Dictionary<string, string?>? settings = null)
    {
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.ExecuteAsync("create table if not exists effects (number integer not null)");
        }
        return new(await TestHost.StartAsync(
            builder => Configure(builder, handled),
            app => app.MapDeadLetters(),
            settings: new Dictionary<string, string?>(settings ?? [])
            {
                ["ConnectionStrings:db"] = database,
                ["ConnectionStrings:bus"] = bus,
                ["EventBus:Retries"] = "2",
                ["EventBus:FirstPause"] = "00:00:00.010",
                ["Outbox:PollInterval"] = "00:00:00.200",
                ["Outbox:LongestPause"] = "00:00:00.400",
            }));
    }

    /// <summary>Whether it is the one that publishes.</summary>
    public bool Relays => host.Log.Records.Any(record => record.Event == "RelayTookOver");

    /// <summary>Waits until the broker has everything.</summary>
    public Task OutboxEmptyAsync() => Poll.UntilAsync("the outbox is empty", async _ => await QueryAsync<long>("select count(*) from messaging.outbox") == 0);

    /// <summary>Waits until the consumers have their queues.</summary>
    public async Task ConnectedAsync()
    {
        using var http = host.CreateHttp();
        await Poll.UntilAsync(
            "the bus is connected", async ct => (await http.GetStringAsync("/health", ct)).Contains("\"bus\":\"Healthy\"", StringComparison.Ordinal));
    }

    public async Task EnqueueAsync(Happened happened, bool commit = true)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("insert into effects values (@Number)", happened, transaction);
        await Outbox.EnqueueAsync(transaction, happened.Aggregate, happened, CancellationToken.None);
        await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return (await connection.QuerySingleAsync<T>(sql))!;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static void Configure(WebApplicationBuilder builder, Handled? handled)
    {
        builder.AddNpgsqlDataSource("db");
        builder.AddEventBus("bus", bus =>
        {
            if (handled is not null)
            {
                bus.AddConsumer<HappenedConsumer, HappenedConsumerDefinition>();
            }
        });
        builder.AddOutbox("db");
        if (handled is not null)
        {
            builder.Services.AddSingleton(handled);
        }
    }
}
