namespace Aspire.StackExchange.Redis;

/// <summary>What <c>AddRedisClient</c> reads from <c>Aspire:StackExchange:Redis</c> and <c>Aspire:StackExchange:Redis:{connectionName}</c>.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>Where Redis is (<c>host:port,option=value,...</c>); <c>ConnectionStrings:{connectionName}</c> wins over it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True (the default): the connection is opened when it is first asked for. False: when the application starts.</summary>
    public bool DisableAutoActivation { get; set; } = true;

    /// <summary>True: no health check is registered.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True: commands make no activities. Here they never do.</summary>
    public bool DisableTracing { get; set; }
}
