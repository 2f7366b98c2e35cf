using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>A service outside the application.</summary>
public sealed class ExternalServiceResource : Resource
{
    public ExternalServiceResource(string name, Uri uri)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(uri);
        Uri = !uri.IsAbsoluteUri ? throw new ArgumentException("The URI for the external service must be absolute.", nameof(uri))
            : uri.Port != 0 && uri.AbsolutePath != "/" ? throw new ArgumentException("The URI absolute path must be \"/\".", nameof(uri))
            : uri;
    }

    public ExternalServiceResource(string name, ParameterResource urlParameter)
        : base(name) => UrlParameter = urlParameter ?? throw new ArgumentNullException(nameof(urlParameter));

    public Uri? Uri { get; }

    public ParameterResource? UrlParameter { get; }

    internal Uri Address() => Uri ?? (System.Uri.TryCreate(UrlParameter!.CurrentValue, UriKind.Absolute, out var address)
        ? address
        : throw new DistributedApplicationException($"The URL parameter '{UrlParameter.Name}' for the external service '{Name}' is not an absolute URL."));
}

/// <summary>Adds services outside the application.</summary>
public static class ExternalServiceBuilderExtensions
{
    private const int Ok = 200;

    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, string name, string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? builder.AddExternalService(name, address)
            : throw new ArgumentException($"The URL '{url}' for the external service '{name}' is not an absolute URL.", nameof(url));

    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, string name, Uri uri)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ExternalServiceResource(name, uri));
    }

    public static IResourceBuilder<ExternalServiceResource> AddExternalService(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> urlParameter)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(urlParameter);
        return builder.AddResource(new ExternalServiceResource(name, urlParameter.Resource));
    }

    /// <summary>Adds a health check that asks the service.</summary>
    public static IResourceBuilder<ExternalServiceResource> WithHttpHealthCheck(
        this IResourceBuilder<ExternalServiceResource> builder, string? path = null, int? statusCode = null)
    {
        var key = $"{builder.Resource.Name}_external_{path ?? "/"}_{statusCode ?? Ok}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, _ => new HttpAddressCheck(() => [builder.Resource.Address()], path ?? "/", statusCode ?? Ok), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }
}
