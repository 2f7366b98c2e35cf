using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Servers;

namespace Aspire.Hosting;

/// <summary>Adds RabbitMQ servers.</summary>
public static class RabbitMQBuilderExtensions
{
    /// <summary>Adds a RabbitMQ server; its password is generated and kept unless given.</summary>
    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // The password stands in a URL as it is, so it must need no escaping.
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var bus = builder.AddResource(new RabbitMQServerResource(name, userName?.Resource, secret));
        if (builder.IsConfigured(name))
        {
            ConfiguredServers.Redirect(bus);
            return bus;
        }

        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: RabbitMQServerResource.PrimaryEndpointName, port: port);
        var native = new NativeServerAnnotation(static options => new RabbitMqServer(options))
        {
            Endpoint = endpoint,
            UserName = ct => bus.Resource.UserName.GetValueAsync(ct),
            Password = ct => bus.Resource.PasswordParameter.GetValueAsync(ct),
        };
        return bus.WithAnnotation(endpoint).WithAnnotation(native)
            .WithCheck(ct => native.Server?.CheckAsync(ct) ?? Task.FromResult<string?>("not started"));
    }

    /// <summary>Keeps the data between runs, which this stand-in always does.</summary>
    public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(
        this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false) => builder;

    public static IResourceBuilder<RabbitMQServerResource> WithManagementPlugin(this IResourceBuilder<RabbitMQServerResource> builder) =>
        builder.WithManagementPlugin(port: null);

    /// <summary>Serves RabbitMQ's own page.</summary>
    public static IResourceBuilder<RabbitMQServerResource> WithManagementPlugin(this IResourceBuilder<RabbitMQServerResource> builder, int? port)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Resource.TryGetLastAnnotation<NativeServerAnnotation>(out var native))
        {
            return builder;
        }

        builder.WithHttpEndpoint(port, name: RabbitMQServerResource.ManagementEndpointName);
        native.Management = builder.Resource.ManagementEndpoint.EndpointAnnotation;
        return builder;
    }
}
