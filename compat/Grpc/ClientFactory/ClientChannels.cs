using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory;

/// <summary>One channel for each configured name, over the handlers that <see cref="IHttpClientBuilder"/> configured for it.</summary>
internal sealed class ClientChannels(
    IServiceScopeFactory scopes,
    IOptionsMonitor<GrpcClientFactoryOptions> options,
    IHttpMessageHandlerFactory handlers,
    ILoggerFactory loggers) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Entry>> _entries = new(StringComparer.Ordinal);

    public CallInvoker Get(string name) => _entries.GetOrAdd(name, key => new Lazy<Entry>(() => Open(key))).Value.Invoker;

    public void Dispose()
    {
        foreach (var entry in _entries.Values.Where(entry => entry.IsValueCreated))
        {
            entry.Value.Channel.Dispose();
            entry.Value.Scope.Dispose();
        }
    }

    private Entry Open(string name)
    {
        var clientOptions = options.Get(name);
        var scope = scopes.CreateScope();
        var channelOptions = new GrpcChannelOptions { LoggerFactory = loggers, ServiceProvider = scope.ServiceProvider };
        foreach (var configure in clientOptions.ChannelOptionsActions)
        {
            configure(channelOptions);
        }
        if (channelOptions is { HttpHandler: null, HttpClient: null })
        {
            channelOptions.HttpHandler = handlers.CreateHandler(name);
        }
        var address = clientOptions.Address
            ?? throw new InvalidOperationException(
                $"Could not resolve the address for gRPC client '{name}'. Set an address when registering the client.");
        var channel = GrpcChannel.ForAddress(address, channelOptions);
        var interceptors = clientOptions.InterceptorRegistrations
            .Where(registration => registration.Scope == InterceptorScope.Channel)
            .Select(registration => registration.Creator(scope.ServiceProvider));
        return new Entry(channel, channel.CreateCallInvoker().Intercept([.. interceptors]), scope);
    }

    private sealed record Entry(GrpcChannel Channel, CallInvoker Invoker, IServiceScope Scope);
}
