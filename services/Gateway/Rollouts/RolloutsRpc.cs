using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using ModelOps.Gateway.Deployments;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Translates the wire to commands and back. No rule lives here.</summary>
internal sealed class RolloutsRpc(RolloutCommands commands, RolloutPolicyCommands policies) : Wire.Rollouts.RolloutsBase
{
    [Authorize(Policies.Write)]
    public override async Task<Wire.Rollout> StartRollout(Wire.StartRolloutRequest request, ServerCallContext context)
    {
        var key = DeploymentRules.KeyOf(request.Workspace, request.Environment, request.Model);
        return (await commands.StartAsync(key, request.Version, ActorOf(context), context.CancellationToken)).OrThrow().ToWire();
    }

    [Authorize(Policies.Read)]
    public override async Task<Wire.Rollout> GetRollout(Wire.GetRolloutRequest request, ServerCallContext context) =>
        (await commands.GetAsync(request.RolloutId, model: null, context.CancellationToken)).OrThrow().ToWire();

    [Authorize(Policies.Read)]
    public override async Task<Wire.ListRolloutsResponse> ListRollouts(Wire.ListRolloutsRequest request, ServerCallContext context)
    {
        var key = DeploymentRules.KeyOf(request.Workspace, request.Environment, request.Model);
        var page = (await commands.ListAsync(key, request.PageSize, request.PageToken, context.CancellationToken)).OrThrow();
        return new() { Rollouts = { page.Rollouts.Select(rollout => rollout.ToWire()) }, NextPageToken = page.NextPageToken };
    }

    [Authorize(Policies.Write)]
    public override async Task<Wire.Rollout> AbortRollout(Wire.AbortRolloutRequest request, ServerCallContext context) =>
        (await commands.AbortAsync(request.RolloutId, model: null, request.Reason, ActorOf(context), context.CancellationToken)).OrThrow().ToWire();

    [Authorize(Policies.Write)]
    public override async Task<Wire.RolloutPolicy> SetRolloutPolicy(Wire.SetRolloutPolicyRequest request, ServerCallContext context)
    {
        var wish = RpcGuard.Present(request.Policy);
        var key = DeploymentRules.KeyOf(wish.Workspace, wish.Environment, wish.Model);
        return (await policies.SetAsync(key, wish.ToPolicy(), ActorOf(context), context.CancellationToken)).OrThrow().ToWire(key);
    }

    [Authorize(Policies.Read)]
    public override async Task<Wire.RolloutPolicy> GetRolloutPolicy(Wire.GetRolloutPolicyRequest request, ServerCallContext context)
    {
        var key = DeploymentRules.KeyOf(request.Workspace, request.Environment, request.Model);
        return (await policies.GetAsync(key, context.CancellationToken)).OrThrow().ToWire(key);
    }

    private static string ActorOf(ServerCallContext context) => context.GetHttpContext().User.Identity!.Name!;
}
