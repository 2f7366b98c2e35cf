using System.Collections.Concurrent;
using MassTransit;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

/// <summary>The event of these tests.</summary>
/// <param name="Run">The test it belongs to: the queue outlives a test.</param>
/// <param name="Aggregate">Its aggregate.</param>
/// <param name="Number">Its place in the aggregate.</param>
public sealed record Happened(Guid Run, string Aggregate, int Number);

/// <summary>What a consumer did in a test.</summary>
internal sealed class Handled
{
    private volatile bool _fails;

    public Guid Run { get; } = Guid.CreateVersion7();

    /// <summary>Every delivery, copies included.</summary>
    public ConcurrentQueue<(Guid MessageId, Happened Event, string? Trace)> Deliveries { get; } = new();

    /// <summary>True: the consumer fails.</summary>
    public bool Fails { get => _fails; set => _fails = value; }

    public IReadOnlyList<int> Numbers(string aggregate) =>
        [.. Deliveries.Where(one => one.Event.Aggregate == aggregate).DistinctBy(one => one.MessageId).Select(one => one.Event.Number)];
}

/// <summary>Writes the number of the event into the table <c>effects</c>, once.</summary>
internal sealed class HappenedConsumer(Handled handled, NpgsqlDataSource source) : IConsumer<Happened>
{
    public const string Queue = "tests.happened.v1";

    public async Task Consume(ConsumeContext<Happened> context)
    {
        if (context.Message.Run != handled.Run)
        {
            return;
        }
        await using var connection = await source.OpenConnectionAsync(context.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(context.CancellationToken);
        handled.Deliveries.Enqueue((context.MessageId!.Value, context.Message, System.Diagnostics.Activity.Current?.TraceId.ToString()));
        if (!await Inbox.TryAcceptAsync(transaction, context.MessageId!.Value, Queue, context.CancellationToken))
        {
            return;
        }
        await using var insert = new NpgsqlCommand("insert into effects values ($1)", connection, transaction) { Parameters = { new() { Value = context.Message.Number } } };
        await insert.ExecuteNonQueryAsync(context.CancellationToken);
        if (handled.Fails)
        {
            throw new InvalidOperationException("the consumer does not like it");
        }
        await transaction.CommitAsync(context.CancellationToken);
    }
}

internal sealed class HappenedConsumerDefinition() : EventConsumerDefinition<HappenedConsumer>(HappenedConsumer.Queue);
