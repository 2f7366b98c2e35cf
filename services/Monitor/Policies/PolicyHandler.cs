using ModelOps.Monitor.Naming;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Policies;

/// <summary>Sets and shows how models are watched. A policy that is set counts from the next batch on, also for the window that is open.</summary>
internal sealed class PolicyHandler(PolicyStore store)
{
    public async Task<Outcome<Wire.MonitoringPolicy>> SetAsync(Wire.MonitoringPolicy? said, CancellationToken ct)
    {
        if (said is null)
        {
            return Refusal.Invalid("policy", "must be present");
        }
        var workspace = Names.Workspace(said.Workspace);
        var policy = MonitoringPolicy.Of(said);
        if ((Names.Check(workspace, said.Model) ?? PolicyRules.Check(policy)) is { } refusal)
        {
            return refusal;
        }
        await store.SetAsync(workspace, said.Model, policy, ct);
        return policy.ToWire(workspace, said.Model);
    }

    public async Task<Outcome<Wire.MonitoringPolicy>> GetAsync(Wire.GetPolicyRequest request, CancellationToken ct)
    {
        var workspace = Names.Workspace(request.Workspace);
        return Names.Check(workspace, request.Model) is { } refusal
            ? refusal
            : (await store.FindAsync(workspace, request.Model, ct)).ToWire(workspace, request.Model);
    }
}
