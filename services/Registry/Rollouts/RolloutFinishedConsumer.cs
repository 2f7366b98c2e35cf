using MassTransit;
using ModelOps.Contracts.Events.V1;
using ModelOps.ServiceDefaults.Messaging;

namespace ModelOps.Registry.Rollouts;

/// <summary>Hears from the Gateway how rollouts ended.</summary>
internal sealed class RolloutFinishedConsumer(FinishRolloutHandler handler) : IConsumer<RolloutFinished>
{
    public Task Consume(ConsumeContext<RolloutFinished> context) =>
        handler.HandleAsync(context.Message, context.MessageId!.Value, context.CancellationToken);
}

internal sealed class RolloutFinishedConsumerDefinition() : EventConsumerDefinition<RolloutFinishedConsumer>(FinishRolloutHandler.Consumer);
