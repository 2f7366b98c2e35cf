using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;
using Wire = ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Gateway.Deployments;

/// <summary>Deployments over REST. No rule lives here.</summary>
internal static class DeploymentEndpoints
{
    public static void MapDeployments(this IEndpointRouteBuilder endpoints)
    {
        const string One = "/api/v1/models/{model}/deployment";
        endpoints.MapPut(One, SetAsync).RequireAuthorization(Policies.Write).WithMetadata(JsonBody.Limit);
        endpoints.MapGet(One, GetAsync).RequireAuthorization(Policies.Read);
        endpoints.MapDelete(One, DeleteAsync).RequireAuthorization(Policies.Write);
        endpoints.MapGet("/api/v1/deployments", ListAsync).RequireAuthorization(Policies.Read);
    }

    private static async Task<IResult> SetAsync(
        HttpContext context, string model, string? workspace, string? environment, DeploymentCommands commands, DeploymentViews views, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(context.Request, DeploymentJson.Default.SetDeploymentBody, ct);
        if (body.Value is not { } wish)
        {
            return body.Refusal!.ToResult();
        }
        var key = DeploymentRules.KeyOf(workspace, environment, model);
        return (await commands.SetAsync(key, wish.Version, wish.PinnedVersions, context.User.Identity!.Name!, ct)).ToResult(deployment => Json(views.Of(deployment)));
    }

    private static async Task<IResult> GetAsync(
        string model, string? workspace, string? environment, DeploymentCommands commands, DeploymentViews views, CancellationToken ct) =>
        (await commands.GetAsync(DeploymentRules.KeyOf(workspace, environment, model), ct)).ToResult(deployment => Json(views.Of(deployment)));

    private static async Task<IResult> DeleteAsync(string model, string? workspace, string? environment, DeploymentCommands commands, CancellationToken ct) =>
        (await commands.DeleteAsync(DeploymentRules.KeyOf(workspace, environment, model), ct)).ToResult(_ => Results.NoContent());

    private static async Task<IResult> ListAsync(
        HttpRequest request, string? workspace, DeploymentCommands commands, DeploymentViews views, CancellationToken ct)
    {
        var (size, token) = PageQuery.Of(request.Query);
        return (await commands.ListAsync(DeploymentRules.KeyOf(workspace, null, "").Workspace, size, token, ct)).ToResult(page => Results.Json(
            new DeploymentListBody([.. page.Deployments.Select(deployment => DeploymentBody.Of(views.Of(deployment)))], page.NextPageToken),
            DeploymentJson.Default.DeploymentListBody));
    }

    private static IResult Json(Wire.Deployment deployment) => Results.Json(DeploymentBody.Of(deployment), DeploymentJson.Default.DeploymentBody);
}
