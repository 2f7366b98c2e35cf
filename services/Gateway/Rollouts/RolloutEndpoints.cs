using ModelOps.Gateway.Deployments;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Rollouts;

/// <summary>Rollouts over REST. No rule lives here.</summary>
internal static class RolloutEndpoints
{
    public static void MapRollouts(this IEndpointRouteBuilder endpoints)
    {
        var rollouts = endpoints.MapGroup("/api/v1/models/{model}/rollouts");
        rollouts.MapPost("", StartAsync).RequireAuthorization(Policies.Write).WithMetadata(JsonBody.Limit);
        rollouts.MapGet("", ListAsync).RequireAuthorization(Policies.Read);
        rollouts.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Read);
        rollouts.MapPost("/{id}/abort", AbortAsync).RequireAuthorization(Policies.Write).WithMetadata(JsonBody.Limit);

        const string Policy = "/api/v1/models/{model}/rollout-policy";
        endpoints.MapPut(Policy, SetPolicyAsync).RequireAuthorization(Policies.Write).WithMetadata(JsonBody.Limit);
        endpoints.MapGet(Policy, GetPolicyAsync).RequireAuthorization(Policies.Read);
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, string model, string? workspace, string? environment, RolloutCommands commands, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(context.Request, RolloutJson.Default.StartRolloutBody, ct);
        if (body.Value is not { } wish)
        {
            return body.Refusal!.ToResult();
        }
        var key = DeploymentRules.KeyOf(workspace, environment, model);
        return (await commands.StartAsync(key, wish.Version, ActorOf(context), ct)).ToResult(rollout => Json(rollout, StatusCodes.Status201Created));
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request, string model, string? workspace, string? environment, RolloutCommands commands, CancellationToken ct)
    {
        var (size, token) = PageQuery.Of(request.Query);
        return (await commands.ListAsync(DeploymentRules.KeyOf(workspace, environment, model), size, token, ct)).ToResult(page => Results.Json(
            new RolloutListBody([.. page.Rollouts.Select(RolloutBody.Of)], page.NextPageToken), RolloutJson.Default.RolloutListBody));
    }

    private static async Task<IResult> GetAsync(string model, string id, RolloutCommands commands, CancellationToken ct) =>
        (await commands.GetAsync(id, model, ct)).ToResult(rollout => Json(rollout));

    private static async Task<IResult> AbortAsync(HttpContext context, string model, string id, RolloutCommands commands, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(context.Request, RolloutJson.Default.AbortRolloutBody, ct);
        return body.Value is { } wish
            ? (await commands.AbortAsync(id, model, wish.Reason ?? "", ActorOf(context), ct)).ToResult(rollout => Json(rollout))
            : body.Refusal!.ToResult();
    }

    private static async Task<IResult> SetPolicyAsync(
        HttpContext context, string model, string? workspace, string? environment, RolloutPolicyCommands policies, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(context.Request, RolloutJson.Default.RolloutPolicyBody, ct);
        if (body.Value is not { } wish)
        {
            return body.Refusal!.ToResult();
        }
        var key = DeploymentRules.KeyOf(workspace, environment, model);
        return (await policies.SetAsync(key, wish.ToPolicy(), ActorOf(context), ct)).ToResult(policy => Json(policy, key));
    }

    private static async Task<IResult> GetPolicyAsync(string model, string? workspace, string? environment, RolloutPolicyCommands policies, CancellationToken ct)
    {
        var key = DeploymentRules.KeyOf(workspace, environment, model);
        return (await policies.GetAsync(key, ct)).ToResult(policy => Json(policy, key));
    }

    private static string ActorOf(HttpContext context) => context.User.Identity!.Name!;

    private static IResult Json(Rollout rollout, int status = StatusCodes.Status200OK) =>
        Results.Json(RolloutBody.Of(rollout), RolloutJson.Default.RolloutBody, statusCode: status);

    private static IResult Json(RolloutPolicy policy, DeploymentKey key) =>
        Results.Json(RolloutPolicyBody.Of(policy, key), RolloutJson.Default.RolloutPolicyBody);
}
