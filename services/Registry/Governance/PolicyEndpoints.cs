using Microsoft.AspNetCore.Http.HttpResults;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Governance;

/// <summary>Policies over REST. No rule lives here.</summary>
internal static class PolicyEndpoints
{
    public static void MapPolicyEndpoints(this IEndpointRouteBuilder app)
    {
        const string policy = "/api/v1/models/{model}/policy";
        app.MapGet(policy, GetAsync);
        app.MapPut(policy, SetAsync).WithMetadata(JsonBody.Limit);
    }

    private static async Task<IResult> GetAsync(string model, string? workspace, PolicyStore policies, CancellationToken ct)
    {
        var key = ModelKey.Of(workspace, model);
        return (await policies.GetAsync(key, ct)).ToResult(policy => Json(key, policy));
    }

    private static async Task<IResult> SetAsync(string model, string? workspace, HttpContext context, PolicyStore policies, CancellationToken ct)
    {
        var key = ModelKey.Of(workspace, model);
        var body = await JsonBody.ReadAsync(context.Request, GovernanceJson.Default.SetPolicyJson, ct);
        return body.Succeeded
            ? (await policies.SetAsync(key, body.Value.ToPolicy(), context.User.Identity?.Name ?? "", ct)).ToResult(policy => Json(key, policy))
            : body.Refusal.ToResult();
    }

    private static JsonHttpResult<PolicyJson> Json(ModelKey key, GovernancePolicy policy) =>
        TypedResults.Json(PolicyJson.Of(key, policy), GovernanceJson.Default.PolicyJson);
}
