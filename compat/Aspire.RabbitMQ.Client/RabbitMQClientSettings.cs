namespace Aspire.RabbitMQ.Client;

/// <summary>What <c>AddRabbitMQClient</c> reads from <c>Aspire:RabbitMQ:Client</c> and <c>Aspire:RabbitMQ:Client:{connectionName}</c>.</summary>
public sealed class RabbitMQClientSettings
{
    /// <summary>Where the broker is (<c>amqp://...</c>); <c>ConnectionStrings:{connectionName}</c> wins over it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How often connecting is tried again before the first connection stands.</summary>
    public int MaxConnectRetryCount { get; set; } = 5;

    /// <summary>True: no health check is registered.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True: connecting makes no activities.</summary>
    public bool DisableTracing { get; set; }
}
