using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>
/// How events reach a consumer: a durable quorum queue, one message at a time so that their order holds, retries with growing
/// pauses (<see cref="EventBusOptions"/>), and then the dead letters of the service. Without an outbox, and so without a place
/// for dead letters, MassTransit moves the message to the queue <c>name_error</c>.
/// </summary>
/// <typeparam name="TConsumer">The consumer.</typeparam>
public abstract class EventConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    private readonly string _queue;

    /// <param name="endpointName">Name of the queue: <c>service.event.v1</c>.</param>
    protected EventConsumerDefinition(string endpointName)
    {
        EndpointName = _queue = endpointName;
        ConcurrentMessageLimit = 1;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator, IRegistrationContext context)
    {
        ArgumentNullException.ThrowIfNull(endpointConfigurator);
        ArgumentNullException.ThrowIfNull(context);
        var options = context.GetRequiredService<IOptions<EventBusOptions>>().Value;

        if (endpointConfigurator is IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            rabbit.SetQuorumQueue();
        }
        endpointConfigurator.PublishFaults = false; // nobody listens; the dead letter tells
        endpointConfigurator.UseMessageRetry(retry =>
            retry.Exponential(options.Retries, options.FirstPause, options.LongestPause, options.FirstPause));
        if (context.GetService<DeadLetterStore>() is { } letters)
        {
            var filter = new StoreDeadLetterFilter(_queue, letters, context.GetRequiredService<TimeProvider>());
            endpointConfigurator.ConfigureError(pipe => pipe.UseFilter(filter));
            endpointConfigurator.ConfigureDeadLetter(pipe => pipe.UseFilter(filter));
        }
    }
}
