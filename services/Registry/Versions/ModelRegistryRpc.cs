using Google.Protobuf;
using Grpc.Core;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.Registry.Rollouts;
using ModelOps.Registry.Stages;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Registry.V1;

namespace ModelOps.Registry.Versions;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class ModelRegistryRpc(
    RegisterVersionHandler register, VersionQueries queries, TransitionStageHandler transition, PolicyStore policies, GrantRolloutHandler grant) :
    Wire.ModelRegistry.ModelRegistryBase
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

    public override async Task<Wire.GetReferenceProfileResponse> GetReferenceProfile(Wire.GetReferenceProfileRequest request, ServerCallContext context)
    {
        var profile = (await queries.ProfileAsync(ModelKey.Of(request.Workspace, request.Model), request.Version, context.CancellationToken)).OrThrow();

        return new() { Profile = UnsafeByteOperations.UnsafeWrap(profile) };
    }

    public override async Task<Wire.ModelVersion> TransitionStage(Wire.TransitionStageRequest request, ServerCallContext context)
    {
        var command = request.ToCommand(context.GetHttpContext().User.Identity?.Name);
        var moved = (await transition.HandleAsync(command, context.CancellationToken)).OrThrow();

        return (await queries.GetAsync(moved.Model, moved.Version, context.CancellationToken)).OrThrow().ToWire();
    }

    public override async Task<Wire.RolloutGrant> GrantRollout(Wire.GrantRolloutRequest request, ServerCallContext context)
    {
        var model = ModelKey.Of(request.Workspace, request.Model);
        var granted = (await grant.HandleAsync(model, request.Version, request.Environment, context.CancellationToken)).OrThrow();

        return new() { Version = (await queries.GetAsync(granted.Model, granted.Version, context.CancellationToken)).OrThrow().ToWire() };
    }

    public override async Task<Wire.GovernancePolicy> SetGovernancePolicy(Wire.SetGovernancePolicyRequest request, ServerCallContext context)
    {
        var policy = RpcGuard.Present(request.Policy);
        var model = ModelKey.Of(policy.Workspace, policy.Model);
        var actor = VersionRules.AuthorOf(context.GetHttpContext().User.Identity?.Name);

        return (await policies.SetAsync(model, policy.ToPolicy(), actor, context.CancellationToken)).OrThrow().ToWire(model);
    }

    public override async Task<Wire.GovernancePolicy> GetGovernancePolicy(Wire.GetGovernancePolicyRequest request, ServerCallContext context)
    {
        var model = ModelKey.Of(request.Workspace, request.Model);

        return (await policies.GetAsync(model, context.CancellationToken)).OrThrow().ToWire(model);
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
