using Google.Protobuf;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;

namespace ModelOps.Retrainer.Registration;

/// <summary>Sends models to the Registry.</summary>
internal sealed class RegistryUpload(ModelRegistry.ModelRegistryClient registry)
{
    private const int ChunkBytes = 256 << 10;

    /// <summary>Registers a version.</summary>
    /// <exception cref="RpcException">The Registry said no, or did not answer.</exception>
    public async Task<ModelVersion> RegisterAsync(RegisterModelVersionHeader header, ReadOnlyMemory<byte> model, CancellationToken ct)
    {
        using var call = registry.RegisterModelVersion(cancellationToken: ct);
        try
        {
            await call.RequestStream.WriteAsync(new() { Header = header }, ct);
            for (var sent = 0; sent < model.Length; sent += ChunkBytes)
            {
                var chunk = UnsafeByteOperations.UnsafeWrap(model.Slice(sent, Math.Min(ChunkBytes, model.Length - sent)));
                await call.RequestStream.WriteAsync(new() { Chunk = chunk }, ct);
            }
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException && !ct.IsCancellationRequested)
        {
            // The Registry answered before it had read everything: its answer says why.
            return await call.ResponseAsync;
        }
        return await call.ResponseAsync;
    }

    /// <summary>Finds the version of a model that has an artifact.</summary>
    public async Task<ModelVersion?> FindAsync(string workspace, string model, string sha256, CancellationToken ct)
    {
        var request = new ListModelVersionsRequest { Workspace = workspace, Model = model };
        do
        {
            var page = await registry.ListModelVersionsAsync(request, cancellationToken: ct);
            if (page.Versions.FirstOrDefault(version => version.Sha256 == sha256) is { } found)
            {
                return found;
            }
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return null;
    }
}
