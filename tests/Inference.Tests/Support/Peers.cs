using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.Registry.V1;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Inference.Tests.Support;

/// <summary>The far side of the wire, scripted by a test: a Gateway that says what to hold, a Registry that has artifacts.</summary>
internal sealed class Peers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Model, long Version), byte[]> _artifacts = new();
    private readonly ConcurrentDictionary<(string Model, long Version), string> _stored = new();
    private readonly ConcurrentQueue<ReplicaReport> _reports = new();
    private readonly Lock _lock = new();
    private readonly List<ChannelWriter<Wire.DesiredState>> _streams = [];
    private Wire.DesiredState _desired = new() { Revision = 1 };
    private WebApplication? _server;
    private string _address = "http://127.0.0.1:0";

    public string Address => _address;

    /// <summary>Every report that arrived, oldest first.</summary>
    public IReadOnlyCollection<ReplicaReport> Reports => _reports;

    public int Downloads => _downloads;

    /// <summary>How often a version's metadata was asked for.</summary>
    public int Lookups => _lookups;

    /// <summary>What the feature store answers.</summary>
    public Func<GetOnlineFeaturesRequest, GetOnlineFeaturesResponse> Features { get; set; } = _ => throw new RpcException(new Status(StatusCode.NotFound, "nothing is defined"));

    /// <summary>Every read that reached the feature store.</summary>
    public IReadOnlyCollection<GetOnlineFeaturesRequest> FeatureReads => _featureReads;

    /// <summary>Changes what is sent of an artifact, after its digest was announced.</summary>
    public Func<byte[], byte[]> Tamper { get; set; } = bytes => bytes;

    private readonly ConcurrentQueue<GetOnlineFeaturesRequest> _featureReads = new();
    private readonly ConcurrentDictionary<(string Model, long Version), Lineage> _lineages = new();
    private readonly ConcurrentDictionary<(string Model, long Version), string> _serving = new();
    private int _downloads;
    private int _lookups;

    public static async Task<Peers> StartAsync()
    {
        var peers = new Peers();
        await peers.ListenAsync();
        return peers;
    }

    /// <summary>Starts, or starts again on the same port after <see cref="StopAsync"/>.</summary>
    public async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear(); // the service's own settings lie beside the tests
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseUrls(_address).ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _server = builder.Build();
        _server.MapGrpcService<GatewayPeer>();
        _server.MapGrpcService<RegistryPeer>();
        _server.MapGrpcService<FeatureStorePeer>();
        await _server.StartAsync(CancellationToken.None);
        _address = _server.Urls.Single();
    }

    public async Task StopAsync()
    {
        lock (_lock)
        {
            _streams.ForEach(stream => stream.TryComplete());
            _streams.Clear();
        }
        await _server!.DisposeAsync();
    }

    /// <summary>Puts an artifact into the Registry and says how to want it.</summary>
    public DesiredVersion Store(string model, long version, byte[] onnx, bool primary = true)
    {
        _artifacts[(model, version)] = onnx;
        var sha256 = _stored[(model, version)] = Convert.ToHexStringLower(SHA256.HashData(onnx));
        return new() { Workspace = "default", Model = model, Version = version, Sha256 = sha256, Primary = primary };
    }

    /// <summary>Says which feature service a version reads.</summary>
    public void Reads(string model, long version, string featureService, long featureServiceVersion) =>
        _lineages[(model, version)] = new() { FeatureService = featureService, FeatureServiceVersion = featureServiceVersion };

    /// <summary>Says how a version wants to be served.</summary>
    public void Serves(string model, long version, string serving) => _serving[(model, version)] = serving;

    /// <summary>Takes an artifact out of the Registry.</summary>
    public void Withdraw(string model, long version) => _artifacts.TryRemove((model, version), out _);

    /// <summary>Sends a desired state to every replica, now and when it connects.</summary>
    public void Want(long revision, params DesiredVersion[] versions)
    {
        lock (_lock)
        {
            _desired = new() { Revision = revision, Versions = { versions } };
            _streams.ForEach(stream => stream.TryWrite(_desired));
        }
    }

    /// <summary>What the replica last said of a version; null when it does not hold it.</summary>
    public LoadedVersion? Reported(string model, long version) =>
        _reports.LastOrDefault()?.Versions.SingleOrDefault(loaded => loaded.Model == model && loaded.Version == version);

    public async ValueTask DisposeAsync() => await StopAsync();

    private ChannelReader<Wire.DesiredState> Subscribe()
    {
        var channel = Channel.CreateUnbounded<Wire.DesiredState>();
        lock (_lock)
        {
            channel.Writer.TryWrite(_desired);
            _streams.Add(channel.Writer);
        }
        return channel.Reader;
    }

    private sealed class GatewayPeer(Peers peers) : ServingState.ServingStateBase
    {
        public override async Task WatchDesiredState(
            IAsyncStreamReader<ReplicaReport> requestStream, IServerStreamWriter<Wire.DesiredState> responseStream, ServerCallContext context)
        {
            var states = peers.Subscribe();
            var listening = ListenAsync(requestStream, context.CancellationToken);
            await foreach (var state in states.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(state, context.CancellationToken);
            }
            throw new RpcException(new Status(StatusCode.Unavailable, $"the peer stops, reading has {listening.Status}"));
        }

        private async Task ListenAsync(IAsyncStreamReader<ReplicaReport> reports, CancellationToken ct)
        {
            while (await reports.MoveNext(ct))
            {
                peers._reports.Enqueue(reports.Current);
            }
        }
    }

    private sealed class FeatureStorePeer(Peers peers) : FeatureStore.FeatureStoreBase
    {
        public override Task<GetOnlineFeaturesResponse> GetOnlineFeatures(GetOnlineFeaturesRequest request, ServerCallContext context)
        {
            peers._featureReads.Enqueue(request);
            return Task.FromResult(peers.Features(request));
        }
    }

    private sealed class RegistryPeer(Peers peers) : ModelRegistry.ModelRegistryBase
    {
        public override Task<ModelVersion> GetModelVersion(GetModelVersionRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref peers._lookups);
            var key = (request.Model, request.Version);
            if (!peers._stored.TryGetValue(key, out var sha256))
            {
                throw new RpcException(new Status(StatusCode.NotFound, $"no version {request.Version} of {request.Model}"));
            }
            return Task.FromResult(new ModelVersion
            {
                Model = request.Model,
                Version = request.Version,
                Sha256 = sha256,
                Lineage = peers._lineages.GetValueOrDefault(key),
                Serving = peers._serving.GetValueOrDefault(key, ""),
            });
        }

        public override async Task DownloadArtifact(
            DownloadArtifactRequest request, IServerStreamWriter<DownloadArtifactResponse> responseStream, ServerCallContext context)
        {
            Interlocked.Increment(ref peers._downloads);
            if (!peers._artifacts.TryGetValue((request.Model, request.Version), out var onnx))
            {
                throw new RpcException(new Status(StatusCode.NotFound, $"no version {request.Version} of {request.Model}"));
            }
            await responseStream.WriteAsync(new() { Info = new() { Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)), SizeBytes = onnx.Length } }, context.CancellationToken);
            foreach (var chunk in peers.Tamper(onnx).Chunk(64 << 10))
            {
                await responseStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(chunk) }, context.CancellationToken);
            }
        }
    }
}
