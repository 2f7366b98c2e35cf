using System.Diagnostics;
using Dapper;
using ModelOps.ServiceDefaults.Messaging;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

[Collection(nameof(MessagingCollection))]
public sealed class OutboxTests(PostgresFixture postgres, RabbitMQFixture bus)
{
    private readonly Handled _handled = new();

    [Fact]
    public async Task An_event_leaves_with_its_transaction_and_not_without_and_carries_its_trace()
    {
        await using var service = await MessagingHost.StartAsync(await postgres.CreateDatabaseAsync(), bus.ConnectionString, _handled);
        await service.ConnectedAsync();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "ModelOps.Messaging",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var cause = new Activity("cause").SetIdFormat(ActivityIdFormat.W3C);
        cause.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        cause.Start();

        await service.EnqueueAsync(new(_handled.Run, "a", 1), commit: false);
        await service.EnqueueAsync(new(_handled.Run, "a", 2));
        await Poll.UntilAsync("the event arrives", () => !_handled.Deliveries.IsEmpty);
        await service.OutboxEmptyAsync();

        Assert.Equal([2], _handled.Numbers("a"));
        Assert.Equal(cause.TraceId.ToString(), _handled.Deliveries.First().Trace);
    }

    [Fact]
    public async Task Whoever_writes_for_an_aggregate_waits_for_the_writer_before_and_for_no_other()
    {
        await using var service = await MessagingHost.StartAsync(await postgres.CreateDatabaseAsync(), bus.ConnectionString, _handled);
        await service.ConnectedAsync();
        await using var connection = await service.Source.OpenConnectionAsync();
        await using var first = await connection.BeginTransactionAsync();
        await Outbox.EnqueueAsync(first, "a", new Happened(_handled.Run, "a", 1), CancellationToken.None);

        var second = service.EnqueueAsync(new(_handled.Run, "a", 2));
        await service.EnqueueAsync(new(_handled.Run, "b", 1));
        await Poll.UntilAsync("the other aggregate's event arrives", () => _handled.Numbers("b").Count == 1);
        await Poll.UntilAsync(
            "the second writer waits", async _ => await service.QueryAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 1);
        await first.CommitAsync();
        await second;
        await Poll.UntilAsync("both arrive", () => _handled.Numbers("a").Count == 2);

        Assert.Equal([1, 2], _handled.Numbers("a"));
    }

    [Fact]
    public async Task Of_two_relays_one_works_and_the_other_takes_over_and_nothing_is_lost_or_out_of_order()
    {
        var database = await postgres.CreateDatabaseAsync();
        var first = await MessagingHost.StartAsync(database, bus.ConnectionString);
        await Poll.UntilAsync("the first relay works", () => first.Relays);
        await using var second = await MessagingHost.StartAsync(database, bus.ConnectionString, _handled);
        await second.ConnectedAsync();
        Assert.False(second.Relays);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(aggregate => WriteAsync(second, $"a{aggregate}", from: 0)));
        await TerminateRelaysAsync(database);
        var more = Task.WhenAll(Enumerable.Range(0, 4).Select(aggregate => WriteAsync(second, $"a{aggregate}", from: 30)));
        await first.DisposeAsync();
        await more;

        await Poll.UntilAsync("the second relay works", () => second.Relays);
        await second.OutboxEmptyAsync();
        await Poll.UntilAsync("all events arrive", () => _handled.Deliveries.Select(one => one.MessageId).Distinct().Count() == 240);
        Assert.All(Enumerable.Range(0, 4), aggregate => Assert.Equal(Enumerable.Range(0, 60), _handled.Numbers($"a{aggregate}")));
    }

    [Fact]
    public async Task A_service_starts_without_a_broker_and_publishes_when_there_is_one_and_again_after_it_was_away()
    {
        using var link = new BrokerLink(bus.ConnectionString, cut: true);
        await using var service = await MessagingHost.StartAsync(await postgres.CreateDatabaseAsync(), link.ConnectionString, _handled);
        using var http = service.Host.CreateHttp();

        await service.EnqueueAsync(new(_handled.Run, "a", 1));
        await Poll.UntilAsync("the relay noticed", () => service.Host.Log.Records.Any(record => record.Event == "BrokerAway"));
        using var health = await http.GetAsync("/health");
        link.Restore();
        await service.ConnectedAsync();
        await Poll.UntilAsync("the event arrives", () => _handled.Numbers("a").Count == 1);
        link.Cut();
        await service.EnqueueAsync(new(_handled.Run, "a", 2));
        await service.EnqueueAsync(new(_handled.Run, "a", 3));
        link.Restore();
        await Poll.UntilAsync("the others arrive", () => _handled.Numbers("a").Count == 3);
        await service.OutboxEmptyAsync();

        Assert.True(health.IsSuccessStatusCode); // its traffic goes on
        Assert.Equal([1, 2, 3], _handled.Numbers("a"));
    }

    [Fact]
    public async Task An_event_that_cannot_be_published_holds_up_its_aggregate_until_it_is_a_dead_letter_and_nobody_else()
    {
        await using var service = await MessagingHost.StartAsync(
            await postgres.CreateDatabaseAsync(), bus.ConnectionString, _handled, new() { ["Outbox:MaxAttempts"] = "4" });
        await service.ConnectedAsync();
        await using (var connection = await service.Source.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                "insert into messaging.outbox (message_id, aggregate, type, body) values (gen_random_uuid(), 'a', 'No.Such.Event, Nowhere', '{}')");
        }

        await service.EnqueueAsync(new(_handled.Run, "a", 1));
        await service.EnqueueAsync(new(_handled.Run, "b", 2));
        await Poll.UntilAsync("both arrive", () => _handled.Deliveries.Count == 2);

        Assert.Equal([2, 1], _handled.Deliveries.Select(one => one.Event.Number));
        Assert.Equal(
            "outbound: no type No.Such.Event, Nowhere (4)",
            await service.QueryAsync<string>("select direction || ': ' || reason || ' (' || failures || ')' from messaging.dead_letters"));
    }

    private async Task WriteAsync(MessagingHost service, string aggregate, int from)
    {
        foreach (var number in Enumerable.Range(from, 30))
        {
            await service.EnqueueAsync(new(_handled.Run, aggregate, number));
        }
    }

    private static async Task TerminateRelaysAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.ExecuteAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2 and granted");
    }
}
