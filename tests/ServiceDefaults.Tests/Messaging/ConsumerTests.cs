using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.ServiceDefaults.Hosting;
using ModelOps.Testing;
using RabbitMQ.Client;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

[Collection(nameof(MessagingCollection))]
public sealed class ConsumerTests(PostgresFixture postgres, RabbitMQFixture bus)
{
    private readonly Handled _handled = new();

    [Fact]
    public async Task A_message_that_is_delivered_again_has_its_effect_once()
    {
        await using var service = await StartAsync();
        var id = Guid.CreateVersion7();
        var sender = service.Host.Services.GetRequiredService<IBus>();

        await sender.Publish(new Happened(_handled.Run, "a", 7), context => context.MessageId = id);
        await sender.Publish(new Happened(_handled.Run, "a", 7), context => context.MessageId = id);
        await Poll.UntilAsync("both copies arrive", () => _handled.Deliveries.Count == 2);
        await sender.Publish(new Happened(_handled.Run, "a", 8));
        await Poll.UntilAsync("what came after them is done", async _ => await service.QueryAsync<long>("select count(*) from effects where number = 8") == 1);

        Assert.Equal(1, await service.QueryAsync<long>("select count(*) from effects where number = 7"));
    }

    [Fact]
    public async Task A_message_that_fails_for_good_is_a_dead_letter_that_can_be_replayed_once()
    {
        await using var service = await StartAsync();
        using var http = service.Host.CreateHttp();
        _handled.Fails = true;
        var sender = service.Host.Services.GetRequiredService<IBus>();

        await sender.Publish(new Happened(_handled.Run, "a", 1));
        var letter = await DeadLetterAsync(http);
        Assert.Equal(3, _handled.Deliveries.Count); // one, and two more
        Assert.Equal(0, await service.QueryAsync<long>("select count(*) from effects"));
        _handled.Fails = false;
        var id = letter.GetProperty("id").GetString();
        using var replayed = await http.PostAsync($"/dead-letters/{id}/replay", null);
        await Poll.UntilAsync("the effect is there", async _ => await service.QueryAsync<long>("select count(*) from effects") == 1);
        using var again = await http.PostAsync($"/dead-letters/{id}/replay", null);

        Assert.Equal("inbound", letter.GetProperty("direction").GetString());
        Assert.Equal(HappenedConsumer.Queue, letter.GetProperty("queue").GetString());
        Assert.Equal("urn:message:ModelOps.ServiceDefaults.Tests.Messaging:Happened", letter.GetProperty("type").GetString());
        Assert.Equal("InvalidOperationException: the consumer does not like it", letter.GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Single(_handled.Deliveries.Select(one => one.MessageId).Distinct());
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("""{"messageType":["urn:message:Nobody:Knows"],"message":{}}""")]
    public async Task What_no_consumer_can_read_is_a_dead_letter_and_the_next_message_is_handled(string body)
    {
        await using var service = await StartAsync();
        using var http = service.Host.CreateHttp();

        await SendAsync(body);
        var letter = await DeadLetterAsync(http);
        await service.Host.Services.GetRequiredService<IBus>().Publish(new Happened(_handled.Run, "a", 1));
        await Poll.UntilAsync("the next one arrives", () => !_handled.Deliveries.IsEmpty);

        var found = await http.GetFromJsonAsync<JsonElement>($"/dead-letters/{letter.GetProperty("id").GetString()}");
        Assert.Equal(body, found.GetProperty("body").GetString());
    }

    [Fact]
    public async Task Queues_are_durable_quorum_queues()
    {
        await using var service = await StartAsync();
        await using var connection = await Factory().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);

        // The broker refuses a declaration that differs from what there is.
        var declared = await channel.QueueDeclareAsync(
            HappenedConsumer.Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: CancellationToken.None);

        Assert.Equal(HappenedConsumer.Queue, declared.QueueName);
    }

    [Theory]
    [InlineData("GET", "/dead-letters?page_size=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/dead-letters?page_token=x", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/dead-letters/x/replay", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/dead-letters/0198f0de-0000-7000-8000-000000000000/replay", HttpStatusCode.NotFound)]
    public async Task A_bad_question_about_dead_letters_is_refused(string method, string path, HttpStatusCode expected)
    {
        await using var service = await StartAsync();
        using var http = service.Host.CreateHttp();

        using var answer = await http.SendAsync(new(new(method), path));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("", "ConnectionStrings:bus: must be set: the address of the broker, amqp://user:password@host:port")]
    [InlineData("localhost:5672", "ConnectionStrings:bus: must be an address of the form amqp://user:password@host:port")]
    public async Task A_service_without_the_address_of_a_broker_does_not_start(string address, string reason)
    {
        var database = await postgres.CreateDatabaseAsync();

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => MessagingHost.StartAsync(database, address));

        Assert.Equal(reason, StartupFailures.Describe(refused));
    }

    [Fact]
    public async Task What_was_handled_long_ago_is_forgotten()
    {
        await using var service = await MessagingHost.StartAsync(
            await postgres.CreateDatabaseAsync(), bus.ConnectionString, settings: new() { ["Outbox:CleanupInterval"] = "00:00:01" });
        await service.QueryAsync<int>("""
            with old as (insert into messaging.inbox select 'c', gen_random_uuid(), now() - interval '8 days' from generate_series(1, 2500)),
                 young as (insert into messaging.inbox select 'c', gen_random_uuid(), now() - interval '6 days')
            select 1
            """);

        await Poll.UntilAsync("the old ones are gone", async _ => await service.QueryAsync<long>("select count(*) from messaging.inbox") == 1);
    }

    private async Task<MessagingHost> StartAsync()
    {
        var service = await MessagingHost.StartAsync(await postgres.CreateDatabaseAsync(), bus.ConnectionString, _handled);
        await service.ConnectedAsync();
        return service;
    }

    private async Task SendAsync(string body)
    {
        await using var connection = await Factory().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json" };
        await channel.BasicPublishAsync("", HappenedConsumer.Queue, mandatory: true, properties, System.Text.Encoding.UTF8.GetBytes(body), CancellationToken.None);
    }

    private ConnectionFactory Factory() => new() { Uri = new(bus.ConnectionString) };

    private static async Task<JsonElement> DeadLetterAsync(HttpClient http)
    {
        JsonElement[] letters = [];
        await Poll.UntilAsync("the dead letter is there", async ct =>
        {
            var page = await http.GetFromJsonAsync<JsonElement>("/dead-letters?page_size=10", ct);
            letters = [.. page.GetProperty("dead_letters").EnumerateArray()];
            return letters.Length > 0;
        });
        return Assert.Single(letters);
    }
}
