using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Monitor.Tests.Support;

/// <summary>A server that speaks the Registry's protocol and knows reference profiles.</summary>
internal sealed class RegistryPeer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Profiles _profiles;

    private RegistryPeer(WebApplication app, Profiles profiles) => (_app, _profiles) = (app, profiles);

    public string Address => _app.Urls.Single();

    /// <summary>While true, every call fails as those to a service that is away.</summary>
    public bool Away
    {
        set => _profiles.Away = value;
    }

    public static async Task<RegistryPeer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath() }); // not the service's own settings
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        var profiles = new Profiles();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(profiles);
        var app = builder.Build();
        app.MapGrpcService<Rpc>();
        await app.StartAsync(CancellationToken.None);
        return new(app, profiles);
    }

    public void Add(string model, long version, ReferenceProfile profile) => _profiles.Known[(model, version)] = profile.ToJson();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private sealed class Profiles
    {
        private volatile bool _away;

        public bool Away
        {
            get => _away;
            set => _away = value;
        }

        public ConcurrentDictionary<(string Model, long Version), byte[]> Known { get; } = new();
    }

    private sealed class Rpc(Profiles profiles) : ModelRegistry.ModelRegistryBase
    {
        public override Task<GetReferenceProfileResponse> GetReferenceProfile(GetReferenceProfileRequest request, ServerCallContext context) =>
            profiles.Away ? throw new RpcException(new(StatusCode.Unavailable, "away"))
            : profiles.Known.TryGetValue((request.Model, request.Version), out var profile)
                ? Task.FromResult(new GetReferenceProfileResponse { Profile = ByteString.CopyFrom(profile) })
                : throw new RpcException(new(StatusCode.NotFound, "no profile"));
    }
}
