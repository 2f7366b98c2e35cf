using System.Text.Json;
using MassTransit;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>
/// The end of a message that failed for good, or that no consumer of the queue takes: it is stored, and only then acknowledged.
/// </summary>
internal sealed class StoreDeadLetterFilter(string queue, DeadLetterStore letters, TimeProvider time) :
    IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        context.GetOrAddPayload(() => new Stored());
        await StoreAsync(context, $"{context.Exception.GetType().Name}: {context.Exception.Message}");
        await next.Send(context);
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        // What could not be read comes by here as well, since no consumer took it.
        if (!context.HasPayloadType(typeof(Stored)))
        {
            await StoreAsync(context, "no consumer of the queue takes messages of this type");
        }
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private Task StoreAsync(ReceiveContext context, string reason)
    {
        var body = context.Body.GetBytes();
        var properties = context.TryGetPayload(out RabbitMqBasicConsumeContext? rabbit) ? MessageProperties.Read(rabbit.Properties) : [];
        var envelope = MessageEnvelope.Read(body);
        return letters.AddAsync(
            new()
            {
                Id = Guid.CreateVersion7(),
                Direction = DeadLetter.Inbound,
                Queue = queue,
                Aggregate = "",
                // A message without identity is known by nothing, so every failure of it is a letter of its own.
                MessageId = Guid.TryParse(properties.GetValueOrDefault("message_id"), out var id) ? id : envelope.MessageId ?? Guid.CreateVersion7(),
                Type = DeadLetter.Line(envelope.Type),
                Headers = JsonSerializer.Serialize(properties),
                Body = body,
                Reason = DeadLetter.Line(reason),
                Failures = 1,
                FailedAt = time.GetUtcNow(),
            },
            context.CancellationToken);
    }

    /// <summary>Says that a message is a dead letter already.</summary>
    private sealed class Stored;
}

/// <summary>What MassTransit's JSON around a message says about it.</summary>
/// <param name="MessageId">Identity; null when it does not say.</param>
/// <param name="Type">Type; empty when it does not say.</param>
internal sealed record MessageEnvelope(Guid? MessageId, string Type)
{
    private static readonly MessageEnvelope None = new(null, "");

    /// <summary>Reads what can be read; a dead letter may be anything.</summary>
    public static MessageEnvelope Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return None;
            }
            var id = root.TryGetProperty("messageId", out var found) && found.ValueKind == JsonValueKind.String && found.TryGetGuid(out var value)
                ? value
                : (Guid?)null;
            var type = root.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 0
                ? types[0].ToString()
                : "";
            return new(id, type);
        }
        catch (JsonException)
        {
            return None;
        }
    }
}
