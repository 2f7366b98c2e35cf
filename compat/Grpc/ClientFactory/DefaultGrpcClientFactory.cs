using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory;

/// <summary>Makes clients over shared channels.</summary>
internal sealed class DefaultGrpcClientFactory(
    IServiceProvider services,
    ClientChannels channels,
    ClientNames names,
    IOptionsMonitor<GrpcClientFactoryOptions> options) : GrpcClientFactory
{
    public override TClient CreateClient<TClient>(string name)
    {
        if (!names.Contains(name))
        {
            throw new InvalidOperationException($"No gRPC client configured with name '{name}'.");
        }
        var clientOptions = options.Get(name);
        var invoker = channels.Get(name);
        if (clientOptions.CallOptionsActions.Count > 0)
        {
            invoker = new ConfiguringCallInvoker(invoker, [.. clientOptions.CallOptionsActions], services);
        }
        var interceptors = clientOptions.InterceptorRegistrations
            .Where(registration => registration.Scope == InterceptorScope.Client)
            .Select(registration => registration.Creator(services))
            .ToArray();
        invoker = invoker.Intercept(interceptors);
        return clientOptions.Creator is { } create
            ? (TClient)(create(invoker) ?? throw new InvalidOperationException("A null instance was returned by the configured client creator."))
            : ClientConstructor<TClient>.Create(services, [invoker]);
    }

    private static class ClientConstructor<TClient>
        where TClient : class
    {
        public static readonly ObjectFactory<TClient> Create = ActivatorUtilities.CreateFactory<TClient>([typeof(CallInvoker)]);
    }
}
