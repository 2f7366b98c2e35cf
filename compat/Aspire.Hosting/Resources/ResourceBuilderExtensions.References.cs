using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private const string ConnectionStringPrefix = "ConnectionStrings__";
    private const string Reference = nameof(Reference);

    /// <summary>Gives the resource the connection string of another one, whole and in parts.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.RelateTo(resource).WithEnvironment(context =>
        {
            var variable = resource.ConnectionStringEnvironmentVariable ?? $"{ConnectionStringPrefix}{name}";
            context.EnvironmentVariables[variable] = new ConnectionStringReference(resource, optional);
            var prefix = ResourceNames.ForEnvironment(name).ToUpperInvariant();
            foreach (var (property, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[$"{prefix}_{property.ToUpperInvariant()}"] = value;
            }
        });
    }

    /// <summary>Gives the resource the addresses of all endpoints of another one.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        return builder.WithReference(source, source.Resource.Name);
    }

    /// <summary>Gives the resource the addresses of all endpoints of another one, under a name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        return builder.RelateTo(source.Resource).WithEnvironment(context =>
        {
            foreach (var endpoint in source.Resource.GetEndpoints())
            {
                AddEndpoint(context, name, endpoint);
            }
        });
    }

    /// <summary>Gives the resource the address of one endpoint of another one.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        return builder.RelateTo(endpointReference.Resource)
            .WithEnvironment(context => AddEndpoint(context, endpointReference.Resource.Name, endpointReference));
    }

    /// <summary>Gives the resource a fixed address under a name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(uri);
        return !uri.IsAbsoluteUri
            ? throw new InvalidOperationException("The uri for service reference must be absolute.")
            : uri.AbsolutePath != "/"
            ? throw new InvalidOperationException("The uri absolute path must be \"/\".")
            : builder.WithEnvironment($"services__{name}__default__0", uri.ToString()).WithEnvironment(ResourceNames.ForEnvironment(name), uri.ToString());
    }

    /// <summary>Gives the resource the address of a service outside the application.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<ExternalServiceResource> externalService)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(externalService);
        var resource = externalService.Resource;
        return builder.RelateTo(resource).WithEnvironment(context =>
        {
            var address = resource.Address();
            context.EnvironmentVariables[$"services__{resource.Name}__{address.Scheme}__0"] = address.ToString();
            context.EnvironmentVariables[ResourceNames.ForEnvironment(resource.Name).ToUpperInvariant()] = address.ToString();
        });
    }

    /// <summary>Says that another resource is this one's parent.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource => builder.WithRelationship(parent.Resource, "Parent");

    /// <summary>Says how another resource belongs to this one.</summary>
    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));

    private static IResourceBuilder<T> RelateTo<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource => builder.WithRelationship(resource, Reference);

    private static void AddEndpoint(EnvironmentCallbackContext context, string name, EndpointReference endpoint)
    {
        context.EnvironmentVariables[$"services__{name}__{endpoint.EndpointName}__0"] = endpoint;
        context.EnvironmentVariables[$"{ResourceNames.ForEnvironment(name)}_{ResourceNames.ForEnvironment(endpoint.EndpointName)}".ToUpperInvariant()] = endpoint;
    }
}
