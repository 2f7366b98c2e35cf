using System.Diagnostics.Metrics;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>What the messaging of a service counts.</summary>
internal sealed class MessagingMetrics
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _deadLetters;

    public MessagingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ModelOps.Messaging");
        _published = meter.CreateCounter<long>("modelops.messaging.published", "{event}", "Events of the outbox that the broker confirmed.");
        _deadLetters = meter.CreateCounter<long>("modelops.messaging.dead_letters", "{message}", "Messages that became dead letters.");
    }

    public void Published(int events) => _published.Add(events);

    /// <param name="direction">inbound or outbound.</param>
    public void DeadLetter(string direction) => _deadLetters.Add(1, new KeyValuePair<string, object?>("direction", direction));
}
