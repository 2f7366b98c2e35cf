using System.Diagnostics;
using System.Runtime.Serialization;
using MassTransit;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Hands rows of the outbox to the broker and waits until it has them.</summary>
internal sealed class OutboxPublisher(IBusControl bus, IOptions<OutboxOptions> options, MessagingMetrics metrics, TimeProvider time)
{
    private static readonly ActivitySource Activities = new("ModelOps.Messaging");
    private bool _ready;

    /// <summary>
    /// True from when this service's consumers have had their queues for the first time: the broker throws away what it has no
    /// queue for, so what the service tells itself would be lost.
    /// </summary>
    public bool Ready => _ready |= bus.CheckHealth().Status == BusHealthStatus.Healthy;

    /// <summary>Publishes rows, in order per aggregate; the first failure of an aggregate ends its turn.</summary>
    public async Task<PublishedBatch> PublishAsync(IReadOnlyList<OutboxRow> rows, CancellationToken ct)
    {
        var turns = await Task.WhenAll(rows.GroupBy(row => row.Aggregate).Select(group => PublishInOrderAsync([.. group], ct)));
        metrics.Published(turns.Sum(turn => turn.Published.Count));
        ct.ThrowIfCancellationRequested();
        return new(
            [.. turns.SelectMany(turn => turn.Published)],
            [.. turns.Where(turn => turn.Failure is not null).Select(turn => turn.Failure!)]);
    }

    /// <summary>Counts an event that is not published any more.</summary>
    public void Buried() => metrics.DeadLetter(DeadLetter.Outbound);

    private async Task<(List<long> Published, PublishFailure? Failure)> PublishInOrderAsync(IReadOnlyList<OutboxRow> rows, CancellationToken ct)
    {
        var published = new List<long>(rows.Count);
        foreach (var row in rows)
        {
            try
            {
                await PublishAsync(row, ct);
                published.Add(row.Sequence);
            }
            catch (Exception e)
            {
                return (published, new(row, e.Message, IsItsOwnFault(e)));
            }
        }
        return (published, null);
    }

    private async Task PublishAsync(OutboxRow row, CancellationToken ct)
    {
        var message = EventSerializer.Read(row.Type, row.Body);
        using var limit = new CancellationTokenSource(options.Value.PublishTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var activity = Activities.StartActivity("outbox relay", ActivityKind.Internal, row.TraceParent);
        try
        {
            await bus.Publish(message, message.GetType(), context => context.MessageId = row.MessageId, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"no confirmation within {options.Value.PublishTimeout.TotalSeconds:0.#} s", e);
        }
    }

    private static bool IsItsOwnFault(Exception exception) => exception is UnreadableEventException or SerializationException or NotSupportedException;
}

/// <summary>What became of a batch.</summary>
/// <param name="Published">Rows that the broker has.</param>
/// <param name="Failures">The first failure of every aggregate that had one.</param>
internal sealed record PublishedBatch(IReadOnlyList<long> Published, IReadOnlyList<PublishFailure> Failures)
{
    /// <summary>True when nothing says that the broker is there.</summary>
    public bool BrokerAway => Published.Count == 0 && Failures.Any(failure => !failure.ItsOwnFault);
}

/// <summary>A row that was not published.</summary>
/// <param name="Row">The row.</param>
/// <param name="Reason">Why.</param>
/// <param name="ItsOwnFault">True when no broker could help.</param>
internal sealed record PublishFailure(OutboxRow Row, string Reason, bool ItsOwnFault);
