using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Registry.V1;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>What the Registry does on the wire, with versions that a test puts in.</summary>
internal sealed class PeerRegistry : IAsyncDisposable
{
    private readonly PeerServer _server;
    private readonly Shelf _shelf;

    private PeerRegistry(PeerServer server, Shelf shelf) => (_server, _shelf) = (server, shelf);

    public string Http => _server.Http;

    public string Grpc => _server.Grpc;

    /// <summary>Paths, actors and bytes of the REST requests that came through.</summary>
    public ConcurrentQueue<(string Method, string Path, string Actor, string Authorization, long Bytes)> RestRequests => _shelf.RestRequests;

    public static async Task<PeerRegistry> StartAsync()
    {
        var shelf = new Shelf();
        var server = await PeerServer.StartAsync(
            services => services.AddSingleton(shelf),
            app =>
            {
                app.MapGrpcService<Rpc>();
                app.Map("/api/v1/models/{**path}", shelf.AnswerRestAsync);
            });
        return new(server, shelf);
    }

    /// <summary>Puts versions 1 to <paramref name="count"/> of a model in.</summary>
    public void Add(string model, int count)
    {
        for (var version = 1; version <= count; version++)
        {
            _shelf.Versions[(model, version)] = ShaOf(model, version);
        }
    }

    /// <summary>Lets the Registry refuse to have a version rolled out.</summary>
    public void Refuse(string model, long version, string reason) => _shelf.Refused[(model, version)] = reason;

    /// <summary>Lets grants wait for ever.</summary>
    /// <returns>Ends when the first one is asked for.</returns>
    public Task HoldGrants() => (_shelf.HeldGrants = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The digest that a version has here.</summary>
    public static string ShaOf(string model, long version) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{model}:{version}")));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Shelf
    {
        public ConcurrentDictionary<(string Model, long Version), string> Versions { get; } = new();

        public ConcurrentDictionary<(string Model, long Version), string> Refused { get; } = new();

        public ConcurrentQueue<(string Method, string Path, string Actor, string Authorization, long Bytes)> RestRequests { get; } = new();

        public TaskCompletionSource? HeldGrants { get; set; }

        public async Task AnswerRestAsync(HttpContext context)
        {
            var length = 0L;
            var buffer = new byte[16_384];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; length += read)
            {
            }
            RestRequests.Enqueue((
                context.Request.Method, context.Request.Path.Value!, context.Request.Headers["x-modelops-actor"].ToString(), context.Request.Headers.Authorization.ToString(), length));
            await context.Response.WriteAsJsonAsync(new { registry = true }, context.RequestAborted);
        }
    }

    private sealed class Rpc(Shelf shelf) : ModelRegistry.ModelRegistryBase
    {
        public override Task<ModelVersion> GetModelVersion(GetModelVersionRequest request, ServerCallContext context) =>
            shelf.Versions.TryGetValue((request.Model, request.Version), out var sha)
                ? Task.FromResult(new ModelVersion { Workspace = request.Workspace, Model = request.Model, Version = request.Version, Sha256 = sha })
                : throw new RpcException(new(StatusCode.NotFound, "no such version"));

        public override async Task<RolloutGrant> GrantRollout(GrantRolloutRequest request, ServerCallContext context)
        {
            if (shelf.HeldGrants is { } held)
            {
                held.TrySetResult();
                await new TaskCompletionSource().Task.WaitAsync(context.CancellationToken);
            }
            return shelf.Refused.TryGetValue((request.Model, request.Version), out var reason)
                ? throw new RpcException(new(StatusCode.FailedPrecondition, reason))
                : new() { Version = await GetModelVersion(new() { Workspace = request.Workspace, Model = request.Model, Version = request.Version }, context) };
        }

        public override async Task<ModelVersion> RegisterModelVersion(IAsyncStreamReader<RegisterModelVersionRequest> requestStream, ServerCallContext context)
        {
            var size = 0L;
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                size += requestStream.Current.Chunk.Length;
            }
            return new() { SizeBytes = size, Author = context.RequestHeaders.GetValue("x-modelops-actor") };
        }
    }
}
