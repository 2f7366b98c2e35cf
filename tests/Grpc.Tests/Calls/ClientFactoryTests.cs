using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Grpc.Tests.Hosting;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Calls;

public sealed class ClientFactoryTests
{
    [Fact]
    public async Task A_typed_client_comes_from_the_container()
    {
        await using var server = await ProbeServer.StartAsync();
        var services = new ServiceCollection();
        services.AddGrpcClient<Probe.ProbeClient>(options => options.Address = server.Address);
        await using var provider = services.BuildServiceProvider();

        var reply = await provider.GetRequiredService<Probe.ProbeClient>().UnaryAsync(new ProbeRequest { Text = "typed" });

        Assert.Equal("typed", reply.Text);
    }

    [Fact]
    public async Task Everything_the_builder_configures_is_used()
    {
        await using var server = await ProbeServer.StartAsync();
        List<string> seen = [];
        server.Behavior.Unary = (request, context) =>
        {
            seen.AddRange(context.RequestHeaders.Where(header => header.Key.StartsWith("x-", StringComparison.Ordinal)).Select(header => header.Key + "=" + header.Value));
            return Task.FromResult(ProbeBehavior.Echo(request));
        };
        var services = new ServiceCollection();
        services.AddSingleton(new Named("x-registered"));
        services.AddTransient<AddingInterceptor>();
        services.AddTransient<AddingHandler>();
        services.AddGrpcClient<Probe.ProbeClient>("named", (_, options) => options.Address = server.Address)
            .ConfigureChannel(options => options.UnsafeUseInsecureChannelCallCredentials = true)
            .ConfigureChannel((provider, options) => options.MaxSendMessageSize = provider.GetRequiredService<Named>().Name.Length * 100)
            .AddInterceptor<AddingInterceptor>()
            .AddInterceptor(InterceptorScope.Client, () => new AddingInterceptor(new Named("x-client")))
            .AddCallCredentials((context, metadata) =>
            {
                metadata.Add("x-credential", context.ServiceUrl.Split('/')[^1] + "." + context.MethodName);
                return Task.CompletedTask;
            })
            .AddCallCredentials((_, metadata, provider) =>
            {
                metadata.Add("x-credential2", provider.GetRequiredService<Named>().Name);
                return Task.CompletedTask;
            })
            .AddHttpMessageHandler<AddingHandler>();
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<GrpcClientFactory>().CreateClient<Probe.ProbeClient>("named");

        await client.UnaryAsync(new ProbeRequest());
        await Expect.FailureAsync(StatusCode.ResourceExhausted, client.UnaryAsync(new ProbeRequest { Text = new string('x', 2000) }));

        Assert.Equal(
            ["x-client=1", "x-credential2=x-registered", "x-credential=modelops.grpc.tests.Probe.Unary", "x-handler=1", "x-registered=1"],
            seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Clients_of_one_name_share_a_channel()
    {
        await using var server = await ProbeServer.StartAsync();
        var opened = 0;
        var services = new ServiceCollection();
        services.AddGrpcClient<Probe.ProbeClient>(options => options.Address = server.Address).ConfigureChannel(_ => opened++);
        await using var provider = services.BuildServiceProvider();

        for (var i = 0; i < 3; i++)
        {
            using var scope = provider.CreateScope();
            await scope.ServiceProvider.GetRequiredService<Probe.ProbeClient>().UnaryAsync(new ProbeRequest());
        }

        Assert.Equal(1, opened);
    }

    [Fact]
    public void Mistakes_in_registration_say_what_is_wrong()
    {
        var services = new ServiceCollection();
        services.AddGrpcClient<Probe.ProbeClient>("one");
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<GrpcClientFactory>();

        Assert.Contains("'two'", Assert.Throws<InvalidOperationException>(() => factory.CreateClient<Probe.ProbeClient>("two")).Message, StringComparison.Ordinal);
        Assert.Contains("address", Assert.Throws<InvalidOperationException>(() => factory.CreateClient<Probe.ProbeClient>("one")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => services.AddHttpClient("plain").AddInterceptor<AddingInterceptor>());
    }

    [Fact]
    public async Task Credentials_stay_off_connections_without_TLS()
    {
        await using var server = await ProbeServer.StartAsync();
        var asked = false;
        var credentials = CallCredentials.FromInterceptor((_, _) =>
        {
            asked = true;
            return Task.CompletedTask;
        });

        await server.Client.UnaryAsync(new ProbeRequest(), new CallOptions(credentials: credentials));

        Assert.False(asked);
        Assert.Throws<InvalidOperationException>(() => server.Channel(options => options.Credentials = ChannelCredentials.SecureSsl));
        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, credentials));
    }

    private sealed record Named(string Name);

    private sealed class AddingInterceptor(Named named) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            Metadata headers = [.. context.Options.Headers ?? [], new Metadata.Entry(named.Name, "1")];
            return continuation(request, new(context.Method, context.Host, context.Options.WithHeaders(headers)));
        }
    }

    private sealed class AddingHandler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("x-handler", "1");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
