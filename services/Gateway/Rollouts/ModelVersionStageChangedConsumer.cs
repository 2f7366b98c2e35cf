using MassTransit;
using ModelOps.Contracts.Events.V1;
using ModelOps.ServiceDefaults.Messaging;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Hears of versions that reached another stage.</summary>
internal sealed class ModelVersionStageChangedConsumer(WishedRollouts wishes) : IConsumer<ModelVersionStageChanged>
{
    public const string Endpoint = "gateway.model-version-stage-changed.v1";

    public Task Consume(ConsumeContext<ModelVersionStageChanged> context) =>
        wishes.HandleAsync(context.Message, context.MessageId!.Value, context.CancellationToken);
}

/// <summary>How the events reach it.</summary>
internal sealed class ModelVersionStageChangedConsumerDefinition()
    : EventConsumerDefinition<ModelVersionStageChangedConsumer>(ModelVersionStageChangedConsumer.Endpoint);
