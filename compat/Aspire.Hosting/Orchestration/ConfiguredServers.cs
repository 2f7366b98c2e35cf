using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>A server that runs elsewhere because <c>ConnectionStrings:name</c> says where.</summary>
internal static class ConfiguredServers
{
    public static bool IsConfigured(this IDistributedApplicationBuilder builder, string name) =>
        !string.IsNullOrEmpty(builder.Configuration.GetConnectionString(name));

    /// <summary>Makes the resource's connection string the configured one.</summary>
    public static void Redirect<T>(IResourceBuilder<T> resource)
        where T : IResourceWithConnectionString
    {
        var name = resource.Resource.Name;
        var configuration = resource.ApplicationBuilder.Configuration;
        resource.WithAnnotation(new ConnectionStringRedirectAnnotation(
            new ConfiguredConnectionString(name, _ => configuration.GetConnectionString(name)!, variable: null)));
    }

    public static bool TryGetRedirect(this IResource resource, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IResourceWithConnectionString? target)
    {
        target = resource.TryGetLastAnnotation<ConnectionStringRedirectAnnotation>(out var redirect) ? redirect.Resource : null;
        return target is not null;
    }
}
