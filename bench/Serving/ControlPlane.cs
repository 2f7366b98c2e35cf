using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Contracts.Registry.V1;

namespace ModelOps.Bench.Serving;

/// <summary>
/// What a replica needs around it, in this process: a Gateway that says what to hold and a Registry that has the artifacts. While
/// load runs they see one report every few seconds, so they cost the measurement nothing.
/// </summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly Dictionary<(string Model, long Version), Artifact> _artifacts = [];
    private readonly Channel<ReplicaReport> _reports = Channel.CreateUnbounded<ReplicaReport>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _server;

    private ControlPlane(IReadOnlyList<ServedVersion> versions)
    {
        foreach (var version in versions)
        {
            _artifacts[(version.Model.Name, version.Version)] = new(version, Convert.ToHexStringLower(SHA256.HashData(version.Model.Onnx)));
        }
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _server = builder.Build();
        _server.MapGrpcService<GatewayRpc>();
        _server.MapGrpcService<RegistryRpc>();
    }

    public string Address => _server.Urls.Single();

    public static async Task<ControlPlane> StartAsync(IReadOnlyList<ServedVersion> versions, CancellationToken ct)
    {
        var plane = new ControlPlane(versions);
        await plane._server.StartAsync(ct);
        return plane;
    }

    /// <summary>Waits until a replica holds every version. One that could not be loaded is tried again by the replica.</summary>
    /// <returns>The report that says so.</returns>
    public async Task<ReplicaReport> ReadyAsync(CancellationToken ct)
    {
        var failure = "it never reported";
        try
        {
            await foreach (var report in _reports.Reader.ReadAllAsync(ct))
            {
                if (report.Versions.Count(version => version.State == LoadState.Ready) == _artifacts.Count)
                {
                    return report;
                }
                failure = string.Join("; ", report.Versions.Where(version => version.State != LoadState.Ready)
                    .Select(version => $"{version.Model} version {version.Version} is {version.State}: {version.Reason}"));
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"the replica does not hold every version: {failure}", exception);
        }
        throw new InvalidOperationException("the reports ended");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    private sealed record Artifact(ServedVersion Served, string Sha256);

    private sealed class GatewayRpc(ControlPlane plane) : ServingState.ServingStateBase
    {
        public override async Task WatchDesiredState(
            IAsyncStreamReader<ReplicaReport> requestStream, IServerStreamWriter<DesiredState> responseStream, ServerCallContext context)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, plane._stopping.Token);
            var desired = new DesiredState { Revision = 1 };
            desired.Versions.AddRange(plane._artifacts.Values.Select(artifact => new DesiredVersion
            {
                Workspace = "default",
                Model = artifact.Served.Model.Name,
                Version = artifact.Served.Version,
                Sha256 = artifact.Sha256,
                Primary = artifact.Served.Version == 1,
            }));
            await responseStream.WriteAsync(desired, ending.Token);
            while (await requestStream.MoveNext(ending.Token))
            {
                plane._reports.Writer.TryWrite(requestStream.Current);
            }
        }
    }

    private sealed class RegistryRpc(ControlPlane plane) : ModelRegistry.ModelRegistryBase
    {
        /// <summary>Says how a version wants to be served.</summary>
        public override Task<ModelVersion> GetModelVersion(GetModelVersionRequest request, ServerCallContext context) => Task.FromResult(new ModelVersion
        {
            Model = request.Model,
            Version = request.Version,
            Serving = plane._artifacts[(request.Model, request.Version)].Served.Serving,
        });

        public override async Task DownloadArtifact(
            DownloadArtifactRequest request, IServerStreamWriter<DownloadArtifactResponse> responseStream, ServerCallContext context)
        {
            var artifact = plane._artifacts[(request.Model, request.Version)];
            var onnx = artifact.Served.Model.Onnx;
            await responseStream.WriteAsync(new() { Info = new() { Sha256 = artifact.Sha256, SizeBytes = onnx.Length } }, context.CancellationToken);
            foreach (var chunk in onnx.Chunk(64 << 10))
            {
                await responseStream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, context.CancellationToken);
            }
        }
    }
}
