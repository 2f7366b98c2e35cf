using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>Pipelines over REST. No rule lives here.</summary>
internal static class PipelineEndpoints
{
    public static void MapPipelines(this IEndpointRouteBuilder endpoints)
    {
        const string One = "/api/v1/pipelines/{model}";
        endpoints.MapPut(One, SetAsync).WithMetadata(new SizeLimit(512 << 10));
        endpoints.MapGet(One, GetAsync);
    }

    private static async Task<IResult> SetAsync(HttpRequest request, string model, string? workspace, PipelineCommands commands, CancellationToken ct)
    {
        using var body = new StreamReader(request.Body, Encoding.UTF8);
        var definition = await body.ReadToEndAsync(ct);
        return (await commands.SetAsync(ModelKey.Of(workspace, model), definition, ct)).ToResult(Json);
    }

    private static async Task<IResult> GetAsync(string model, string? workspace, PipelineCommands commands, CancellationToken ct) =>
        (await commands.GetAsync(ModelKey.Of(workspace, model), ct)).ToResult(Json);

    private static IResult Json(StoredPipeline pipeline) => Results.Json(PipelineBody.Of(pipeline), PipelineJson.Default.PipelineBody);

    // Above the limit of a definition, so that its own rule is the one that is named.
    private sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
