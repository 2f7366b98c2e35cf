using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Messaging;

internal static partial class MessagingLog
{
    [LoggerMessage(EventId = 1, EventName = "RelayTookOver", Level = LogLevel.Information, Message = "This process publishes the events of the outbox now")]
    public static partial void RelayTookOver(this ILogger logger);

    [LoggerMessage(EventId = 2, EventName = "RelayInterrupted", Level = LogLevel.Warning, Message = "The outbox cannot be read; trying again: {Reason}")]
    public static partial void RelayInterrupted(this ILogger logger, string reason);

    [LoggerMessage(EventId = 3, EventName = "BrokerAway", Level = LogLevel.Warning, Message = "The broker takes no events; they wait in the outbox: {Reason}")]
    public static partial void BrokerAway(this ILogger logger, string reason);

    [LoggerMessage(EventId = 4, EventName = "BrokerBack", Level = LogLevel.Information, Message = "The broker takes events again")]
    public static partial void BrokerBack(this ILogger logger);

    [LoggerMessage(EventId = 5, EventName = "EventHeld", Level = LogLevel.Warning, Message = "Event {MessageId} of {Aggregate} cannot be published, attempt {Attempt}: {Reason}")]
    public static partial void EventHeld(this ILogger logger, Guid messageId, string aggregate, int attempt, string reason);

    [LoggerMessage(EventId = 6, EventName = "DeadLetterStored", Level = LogLevel.Error, Message = "Message {MessageId} of {Queue} is a dead letter now: {Reason}")]
    public static partial void DeadLetterStored(this ILogger logger, Guid messageId, string queue, string reason);

    [LoggerMessage(EventId = 7, EventName = "DeadLetterWaits", Level = LogLevel.Warning, Message = "A dead letter of {Queue} cannot be stored; trying again: {Reason}")]
    public static partial void DeadLetterWaits(this ILogger logger, string queue, string reason);

    [LoggerMessage(EventId = 8, EventName = "DeadLetterReplayed", Level = LogLevel.Information, Message = "Dead letter {Id} was replayed")]
    public static partial void DeadLetterReplayed(this ILogger logger, Guid id);

    [LoggerMessage(EventId = 9, EventName = "CleanupFailed", Level = LogLevel.Warning, Message = "Old messages could not be removed; trying again later: {Reason}")]
    public static partial void CleanupFailed(this ILogger logger, string reason);
}
