using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Gateway.Deployments;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.Rollouts;

/// <summary>The Registry's permission: no version takes traffic through a rollout without it.</summary>
internal sealed class RolloutGrants(ModelRegistry.ModelRegistryClient registry)
{
    /// <summary>The version and its digest, or every reason of the Registry why it may not.</summary>
    public async Task<Outcome<ServedVersion>> AskAsync(DeploymentKey key, long version, CancellationToken ct)
    {
        try
        {
            var grant = await registry.GrantRolloutAsync(
                new() { Workspace = key.Workspace, Model = key.Model, Version = version, Environment = key.Environment }, cancellationToken: ct);
            return new ServedVersion(grant.Version.Version, grant.Version.Sha256);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return Refusal.NotFound($"the Registry has no version {version} of model '{key.Model}'");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            return new Refusal(RefusalKind.FailedPrecondition, e.Status.Detail);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded && !ct.IsCancellationRequested)
        {
            return new Refusal(RefusalKind.Unavailable, "the Registry cannot be reached; nothing was changed");
        }
    }
}
