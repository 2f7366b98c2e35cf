using Google.Protobuf;
using Grpc.Core;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Registry.V1;

namespace ModelOps.Registry.Versions;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class ModelRegistryRpc(RegisterVersionHandler register, VersionQueries queries) : Wire.ModelRegistry.ModelRegistryBase
{
    public override async Task<Wire.ModelVersion> RegisterModelVersion(IAsyncStreamReader<Wire.RegisterModelVersionRequest> requestStream, ServerCallContext context)
    {
        var upload = (await GrpcUpload.OpenAsync(requestStream, context.CancellationToken)).OrThrow();
        var command = upload.Header.ToCommand(context.GetHttpContext().User.Identity?.Name);

        return (await register.HandleAsync(command, upload, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task<Wire.ModelVersion> GetModelVersion(Wire.GetModelVersionRequest request, ServerCallContext context) =>
        (await queries.GetAsync(ModelKey.Of(request.Workspace, request.Model), request.Version, context.CancellationToken)).OrThrow().ToWire();

    public override async Task<Wire.ListModelVersionsResponse> ListModelVersions(Wire.ListModelVersionsRequest request, ServerCallContext context)
    {
        var size = RpcGuard.PageSize(request.PageSize);
        var model = ModelKey.Of(request.Workspace, request.Model);

        return (await queries.ListAsync(model, size, request.PageToken, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task<Wire.ListModelsResponse> ListModels(Wire.ListModelsRequest request, ServerCallContext context)
    {
        var size = RpcGuard.PageSize(request.PageSize);

        return (await queries.ListModelsAsync(request.Workspace, size, request.PageToken, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task DownloadArtifact(
        Wire.DownloadArtifactRequest request, IServerStreamWriter<Wire.DownloadArtifactResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var (version, artifact) = (await queries.OpenAsync(ModelKey.Of(request.Workspace, request.Model), request.Version, ct)).OrThrow();
        await using var reading = artifact;
        await responseStream.WriteAsync(new() { Info = new() { Sha256 = version.Sha256, SizeBytes = version.SizeBytes } }, ct);
        while ((await artifact.NextAsync(ct)).OrThrow() is { IsEmpty: false } piece)
        {
            await responseStream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(piece) }, ct);
        }
    }
}
