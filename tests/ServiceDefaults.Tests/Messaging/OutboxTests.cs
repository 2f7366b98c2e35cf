using ModelOps.Testing;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

[Collection(nameof(MessagingCollection))]
public sealed class OutboxTests(PostgresFixture postgres, RabbitMQFixture bus)
{
    private readonly Handled _handled = new();

    [Fact]
    public async Task An_event_leaves_with_its_transaction_and_not_without()
    {
        await using var service = await MessagingHost.StartAsync(await postgres.CreateDatabaseAsync(), bus.ConnectionString, _handled);
        await service.ConnectedAsync();

        await service.EnqueueAsync(new(_handled.Run, "a", 1), commit: false);
        await service.EnqueueAsync(new(_handled.Run, "a", 2));
        await Poll.UntilAsync("the event arrives", () => !_handled.Deliveries.IsEmpty);
        await Poll.UntilAsync("the outbox is empty", async _ => await service.QueryAsync<long>("select count(*) from messaging.outbox") == 0);

        Assert.Equal([2], _handled.Numbers("a"));
    }
}
