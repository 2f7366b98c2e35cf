using MassTransit;
using ModelOps.Contracts.Events.V1;
using ModelOps.ServiceDefaults.Messaging;

namespace ModelOps.Retrainer.Drift;

/// <summary>Hands drift to its handler.</summary>
internal sealed class DriftDetectedConsumer(DriftHandler handler) : IConsumer<DriftDetected>
{
    public Task Consume(ConsumeContext<DriftDetected> context) =>
        handler.HandleAsync(context.Message, context.MessageId!.Value, context.CancellationToken);
}

/// <summary>How drift reaches this service.</summary>
internal sealed class DriftDetectedConsumerDefinition() : EventConsumerDefinition<DriftDetectedConsumer>("retrainer.drift-detected.v1");
