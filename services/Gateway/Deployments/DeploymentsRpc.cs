using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Deployments;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class DeploymentsRpc(DeploymentCommands commands, DeploymentViews views) : Wire.Deployments.DeploymentsBase
{
    [Authorize(Policies.Write)]
    public override async Task<Wire.Deployment> SetDeployment(Wire.SetDeploymentRequest request, ServerCallContext context)
    {
        var key = DeploymentRules.KeyOf(request.Workspace, request.Environment, request.Model);
        return views.Of((await commands.SetAsync(key, request.Version, request.PinnedVersions?.Versions, ActorOf(context), context.CancellationToken)).OrThrow());
    }

    [Authorize(Policies.Read)]
    public override async Task<Wire.Deployment> GetDeployment(Wire.GetDeploymentRequest request, ServerCallContext context)
    {
        var key = DeploymentRules.KeyOf(request.Workspace, request.Environment, request.Model);
        return views.Of((await commands.GetAsync(key, context.CancellationToken)).OrThrow());
    }

    [Authorize(Policies.Read)]
    public override async Task<Wire.ListDeploymentsResponse> ListDeployments(Wire.ListDeploymentsRequest request, ServerCallContext context)
    {
        var workspace = DeploymentRules.KeyOf(request.Workspace, null, "").Workspace;
        var page = (await commands.ListAsync(workspace, request.PageSize, request.PageToken, context.CancellationToken)).OrThrow();
        return new() { Deployments = { page.Deployments.Select(views.Of) }, NextPageToken = page.NextPageToken };
    }

    [Authorize(Policies.Write)]
    public override async Task<Wire.DeleteDeploymentResponse> DeleteDeployment(Wire.DeleteDeploymentRequest request, ServerCallContext context)
    {
        var key = DeploymentRules.KeyOf(request.Workspace, request.Environment, request.Model);
        (await commands.DeleteAsync(key, context.CancellationToken)).OrThrow();
        return new();
    }

    private static string ActorOf(ServerCallContext context) => context.GetHttpContext().User.Identity!.Name!;
}
