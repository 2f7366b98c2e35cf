namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>A message that nobody could handle.</summary>
internal sealed record DeadLetter
{
    public const string Inbound = "inbound";
    public const string Outbound = "outbound";
    private const int LongestLine = 1_024;

    public required Guid Id { get; init; }

    /// <summary>inbound: a consumer of this service failed; outbound: an event of this service could not be published.</summary>
    public required string Direction { get; init; }

    /// <summary>Queue it failed in; empty for an outbound one.</summary>
    public required string Queue { get; init; }

    /// <summary>Aggregate of an outbound one; empty for an inbound one.</summary>
    public required string Aggregate { get; init; }

    public required Guid MessageId { get; init; }

    /// <summary>Type of the message; empty when the message does not say.</summary>
    public required string Type { get; init; }

    /// <summary>Properties and headers of the message as the broker delivered it, a JSON object of texts.</summary>
    public required string Headers { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The last failure, one line.</summary>
    public required string Reason { get; init; }

    /// <summary>How often it became a dead letter, or how often it was tried to be published.</summary>
    public required int Failures { get; init; }

    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>When it was sent on its way again; null: not yet.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    /// <summary>A text as one line that a database takes.</summary>
    public static string Line(string text)
    {
        var line = text.ReplaceLineEndings(" ").Replace('\0', ' ');
        return line.Length <= LongestLine ? line : line[..LongestLine];
    }
}
