using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Works out the environment, the arguments and the URLs of a resource that is about to start.</summary>
internal static class ResourceValues
{
    public static async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(IResource resource, OrchestrationServices services, CancellationToken ct)
    {
        var context = new EnvironmentCallbackContext(services.ExecutionContext, resource, cancellationToken: ct)
        {
            Logger = services.Loggers.GetLogger(resource),
        };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }

        var values = new Dictionary<string, string>(context.EnvironmentVariables.Count);
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await TextAsync(value, resource, services, ct).ConfigureAwait(false) is { } text)
            {
                values[name] = text;
            }
        }

        return values;
    }

    public static async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, OrchestrationServices services, CancellationToken ct)
    {
        var context = new CommandLineArgsCallbackContext([], resource, ct)
        {
            ExecutionContext = services.ExecutionContext,
            Logger = services.Loggers.GetLogger(resource),
        };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }

        var arguments = new List<string>(context.Args.Count);
        foreach (var argument in context.Args)
        {
            if (await TextAsync(argument, resource, services, ct).ConfigureAwait(false) is { } text)
            {
                arguments.Add(text);
            }
        }

        return arguments;
    }

    public static async Task<IReadOnlyList<UrlSnapshot>> UrlsAsync(IResource resource, OrchestrationServices services, CancellationToken ct)
    {
        var context = new ResourceUrlsCallbackContext(services.ExecutionContext, resource, cancellationToken: ct)
        {
            Logger = services.Loggers.GetLogger(resource),
        };
        if (resource is IResourceWithEndpoints owner)
        {
            context.Urls.AddRange(owner.GetEndpoints().Where(endpoint => endpoint.IsAllocated)
                .Select(endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint }));
        }

        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }

        return
        [
            .. context.Urls.Select(url => new UrlSnapshot(url.Endpoint?.EndpointName, Absolute(url), url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
            {
                DisplayProperties = new(url.DisplayText ?? "", url.DisplayOrder ?? 0),
            }),
        ];
    }

    // "/swagger" on an endpoint's URL means a path at that endpoint.
    private static string Absolute(ResourceUrlAnnotation url) =>
        url.Url.StartsWith('/') && url.Endpoint is { IsAllocated: true } endpoint ? endpoint.Url + url.Url : url.Url;

    private static async ValueTask<string?> TextAsync(object value, IResource resource, OrchestrationServices services, CancellationToken ct) => value switch
    {
        string text => text,
        IValueProvider provider => await provider
            .GetValueAsync(new ValueProviderContext { Caller = resource, ExecutionContext = services.ExecutionContext }, ct).ConfigureAwait(false),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(ct).ConfigureAwait(false),
        bool flag => flag ? "true" : "false",
        _ => value.ToString(),
    };
}
