using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Servers;

namespace Aspire.Hosting;

/// <summary>Adds Redis servers.</summary>
public static class RedisBuilderExtensions
{
    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port) =>
        builder.AddRedis(name, port, null);

    /// <summary>Adds a Redis server; its password is generated and kept unless given.</summary>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // Special characters would need escaping in a connection string, whose options are separated by commas.
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var redis = builder.AddResource(new RedisResource(name, secret));
        if (builder.IsConfigured(name))
        {
            ConfiguredServers.Redirect(redis);
            return redis;
        }

        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: RedisResource.PrimaryEndpointName, port: port);
        var native = new NativeServerAnnotation(static options => new RedisServer(options))
        {
            Endpoint = endpoint,
            UserName = static _ => ValueTask.FromResult<string?>("default"),
            Password = ct => redis.Resource.PasswordParameter is { } parameter ? parameter.GetValueAsync(ct) : ValueTask.FromResult<string?>(null),
        };
        return redis.WithAnnotation(endpoint).WithAnnotation(native)
            .WithCheck(ct => native.Server?.CheckAsync(ct) ?? Task.FromResult<string?>("not started"));
    }

    /// <summary>Keeps the data between runs, which this stand-in always does.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false) => builder;

    /// <summary>Writes what changed to disk, which this stand-in always does, at once: a snapshot now and then loses acknowledged writes.</summary>
    public static IResourceBuilder<RedisResource> WithPersistence(
        this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1) => builder;

    public static IResourceBuilder<RedisResource> WithHostPort(this IResourceBuilder<RedisResource> builder, int? port) =>
        builder.WithEndpoint(RedisResource.PrimaryEndpointName, endpoint => endpoint.Port = port);

    public static IResourceBuilder<RedisResource> WithPassword(this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.SetPassword(password?.Resource);
        return builder;
    }
}
