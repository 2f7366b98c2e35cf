namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>An event that the broker does not have yet.</summary>
internal sealed record OutboxRow
{
    public required long Sequence { get; init; }

    public required Guid MessageId { get; init; }

    public required string Aggregate { get; init; }

    /// <summary>See <see cref="EventSerializer.NameOf"/>.</summary>
    public required string Type { get; init; }

    public required string Body { get; init; }

    /// <summary>The trace that caused it, as W3C traceparent.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How often it failed for its own fault.</summary>
    public required int Attempts { get; init; }
}
