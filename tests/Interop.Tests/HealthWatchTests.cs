using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ModelOps.Interop;

/// <summary>What happens to a watcher over time; how others see single answers is in the peers' scenarios.</summary>
public sealed class HealthWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private HealthStatus _status = HealthStatus.Healthy;
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;

    private string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcHealthChecks().AddCheck("switch", () => new HealthCheckResult(_status));
        builder.Services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        _app = builder.Build();
        _app.MapGrpcHealthChecksService();
        await _app.StartAsync(CancellationToken.None);
        _channel = GrpcChannel.ForAddress(Address);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_watcher_is_told_of_every_change_and_of_the_end()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var watch = new Health.HealthClient(_channel).Watch(new HealthCheckRequest(), cancellationToken: patience.Token);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch, patience.Token));

        _status = HealthStatus.Unhealthy;
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch, patience.Token));
        _status = HealthStatus.Degraded;
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch, patience.Token));

        var stopped = _app.StopAsync(patience.Token);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch, patience.Token));
        Assert.False(await watch.ResponseStream.MoveNext(patience.Token));
        Assert.Equal(StatusCode.OK, watch.GetStatus().StatusCode);
        await stopped;
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch, CancellationToken ct)
    {
        Assert.True(await watch.ResponseStream.MoveNext(ct));
        return watch.ResponseStream.Current.Status;
    }
}
