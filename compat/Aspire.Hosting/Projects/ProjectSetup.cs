using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Projects;

/// <summary>Gives a project resource the endpoints and variables that follow from the project's own files.</summary>
internal static class ProjectSetup
{
    private const string LaunchProfileVariable = "DOTNET_LAUNCH_PROFILE";
    private const string UrlsVariable = "ASPNETCORE_URLS";

    public static void Apply(IResourceBuilder<ProjectResource> resource, IProjectMetadata project, ProjectResourceOptions options)
    {
        var builder = resource.ApplicationBuilder;
        var chosen = ProjectSettings.Profile(project, options, builder.Configuration[LaunchProfileVariable]);
        if (chosen is { } launch)
        {
            resource.WithAnnotation(new LaunchProfileAnnotation(launch.Name));
        }
        else if (options.ExcludeLaunchProfile)
        {
            resource.WithAnnotation(new ExcludeLaunchProfileAnnotation());
        }

        var environment = EnvironmentName(chosen?.Profile) ?? builder.Environment.EnvironmentName;
        var kestrel = options.ExcludeKestrelEndpoints ? [] : ProjectSettings.KestrelEndpoints(project, environment);
        AddEndpoints(resource, kestrel, chosen?.Profile);
        OtlpVariables.Add(resource);
        resource.WithEnvironment(context =>
        {
            context.EnvironmentVariables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
            context.EnvironmentVariables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
            if (chosen is { } launch)
            {
                context.EnvironmentVariables[LaunchProfileVariable] = launch.Name;
                foreach (var (name, value) in launch.Profile.EnvironmentVariables)
                {
                    context.EnvironmentVariables.TryAdd(name, System.Environment.ExpandEnvironmentVariables(value));
                }
            }
            else
            {
                // Nothing but the application says which environment this is.
                context.EnvironmentVariables.TryAdd("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName);
                context.EnvironmentVariables.TryAdd("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName);
            }

            AddUrls(context, resource.Resource, kestrel.Count > 0);
        });
        if (chosen?.Profile.CommandLineArgs is { Length: > 0 } line)
        {
            resource.WithArgs(context => AddDefaultArguments(context, line));
        }
    }

    private static string? EnvironmentName(LaunchProfile? profile) =>
        profile?.EnvironmentVariables.GetValueOrDefault("ASPNETCORE_ENVIRONMENT") ?? profile?.EnvironmentVariables.GetValueOrDefault("DOTNET_ENVIRONMENT");

    /// <summary>Endpoints of the settings; without any, those of the launch profile.</summary>
    private static void AddEndpoints(IResourceBuilder<ProjectResource> resource, IReadOnlyList<KestrelEndpoint> kestrel, LaunchProfile? profile)
    {
        foreach (var scheme in kestrel.GroupBy(endpoint => endpoint.Scheme))
        {
            // Aspire's rule: one endpoint of a scheme is named after the scheme, several keep the names of the settings.
            var single = scheme.Count() == 1;
            foreach (var endpoint in scheme)
            {
                resource.WithAnnotation(new EndpointAnnotation(
                    ProtocolType.Tcp, endpoint.Scheme, endpoint.IsHttp2 ? "http2" : null, single ? endpoint.Scheme : endpoint.Name, endpoint.Port)
                {
                    KestrelName = endpoint.Name,
                    TargetHost = endpoint.Host,
                });
            }
        }

        if (kestrel.Count > 0 || profile?.ApplicationUrl is not { Length: > 0 } urls)
        {
            return;
        }

        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = KestrelEndpoint.Parse("applicationUrl", url, null);
            if (!resource.GetEndpoint(address.Scheme).Exists)
            {
                resource.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, address.Scheme, name: address.Scheme, port: address.Port)
                {
                    TargetHost = address.Host,
                });
            }
        }
    }

    /// <summary>Where the process is to listen, in the words of its settings if they name endpoints, else as ASPNETCORE_URLS.</summary>
    private static void AddUrls(EnvironmentCallbackContext context, ProjectResource resource, bool usesKestrelSettings)
    {
        var endpoints = resource.GetEndpoints().Where(endpoint => endpoint.Scheme is "http" or "https").ToArray();
        if (usesKestrelSettings)
        {
            foreach (var endpoint in endpoints)
            {
                var name = endpoint.EndpointAnnotation.KestrelName ?? endpoint.EndpointName;
                context.EnvironmentVariables[$"Kestrel__Endpoints__{name}__Url"] = ListenUrl(endpoint);
            }
        }

        if (usesKestrelSettings || endpoints.Length == 0)
        {
            // The application's own address, inherited, would only be in the way.
            if (System.Environment.GetEnvironmentVariable(UrlsVariable) is not null)
            {
                context.EnvironmentVariables.TryAdd(UrlsVariable, "");
            }

            return;
        }

        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in endpoints)
        {
            if (!urls.IsEmpty)
            {
                urls.AppendLiteral(";");
            }

            urls.Append($"{ListenUrl(endpoint)}");
        }

        context.EnvironmentVariables[UrlsVariable] = urls.Build();
        if (endpoints.FirstOrDefault(endpoint => endpoint.IsHttps) is { } https)
        {
            context.EnvironmentVariables["ASPNETCORE_HTTPS_PORT"] = https.Property(EndpointProperty.Port);
        }
    }

    private static ReferenceExpression ListenUrl(EndpointReference endpoint) => ReferenceExpression.Create(
        $"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:{endpoint.Property(EndpointProperty.TargetPort)}");

    /// <summary>The profile's arguments count only when the application model gives none.</summary>
    private static void AddDefaultArguments(CommandLineArgsCallbackContext context, string line)
    {
        if (context.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().Count() == 1)
        {
            foreach (var argument in CommandLine.Split(line))
            {
                context.Args.Add(argument);
            }
        }
    }
}
