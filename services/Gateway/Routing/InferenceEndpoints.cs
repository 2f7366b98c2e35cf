using Microsoft.Extensions.Options;
using ModelOps.Gateway.Edge;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Routing;

/// <summary>The public REST addresses that replicas answer.</summary>
internal static class InferenceEndpoints
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST"];

    /// <summary>What a replica alone holds is nobody's business at the gateway: deployments say what all of them hold.</summary>
    public static readonly EdgeError NoRepository = EdgeError.NotHere(
        "models are loaded and unloaded by deploying them: PUT or DELETE /api/v1/models/{model}/deployment");

    public static void MapInference(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").RequireAuthorization(Policies.Read);
        group.MapMethods("/v2/models/{model}/versions/{version}/{**rest}", Methods, ForModelAsync);
        group.MapMethods("/v2/models/{model}/{**rest}", Methods, ForModelAsync);
        group.MapMethods("/v2", Methods, ForAnyAsync);
        group.MapMethods("/v2/models", Methods, ForAnyAsync);
        group.MapMethods("/v2/models/stats", Methods, ForAnyAsync);
        group.MapMethods("/v2/repository/index", Methods, ForAnyAsync);
        group.MapMethods("/v2/repository/{name}/index", Methods, ForAnyAsync);
        group.MapPost("/v2/repository/models/{model}/load", NoRepository.WriteAsync).RequireAuthorization(Policies.Write);
        group.MapPost("/v2/repository/models/{model}/unload", NoRepository.WriteAsync).RequireAuthorization(Policies.Write);
        group.MapMethods("/v2/health/{probe}", Methods, ForAnyAsync);
        group.MapPost("/api/v1/models/{model}/predict", ForModelAsync);
        endpoints.MapPost("/api/v1/models/{model}/versions/{version}/profile", ForModelAsync).RequireAuthorization(Policies.Write);
        group.MapMethods("/predict", Methods, ForDefaultModelAsync);
        group.MapMethods("/model/info", Methods, ForDefaultModelAsync);
        // Replicas share their jobs: whichever is asked knows them all.
        group.MapMethods("/api/v1/batch-jobs/{**rest}", ["GET", "HEAD"], ForAnyAsync);
        endpoints.MapPost("/api/v1/batch-jobs/{**rest}", ForAnyAsync).RequireAuthorization(Policies.Write);
        group.MapMethods("/v2/{**rest}", Methods, (HttpContext context) => EdgeError.NotFound($"there is nothing at {context.Request.Path}").WriteAsync(context));
    }

    private static Task ForModelAsync(HttpContext context, string model, ModelForwarding forwarding, IOptions<RoutingOptions> options) =>
        BodyLimit.Set(context, options.Value.MaxRequestBytes)?.WriteAsync(context)
        ?? forwarding.ToModelAsync(context, model, context.GetRouteValue("version") as string ?? "");

    private static Task ForDefaultModelAsync(
        HttpContext context, ModelForwarding forwarding, IOptions<RoutingOptions> options, IOptions<DefaultModelOptions> alias) =>
        BodyLimit.Set(context, options.Value.MaxRequestBytes)?.WriteAsync(context)
        ?? (alias.Value.DefaultModel is { Length: > 0 } model
            ? forwarding.ToModelAsync(context, model, "")
            : EdgeError.NotFound("no default model is configured (Gateway:DefaultModel); use /v2/models/{name}/infer").WriteAsync(context));

    private static Task ForAnyAsync(HttpContext context, ModelForwarding forwarding, IOptions<RoutingOptions> options) =>
        BodyLimit.Set(context, options.Value.MaxRequestBytes)?.WriteAsync(context) ?? forwarding.ToAnyAsync(context);
}
