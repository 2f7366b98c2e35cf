using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.Retrainer.Pipelines;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Runs;

/// <summary>Runs over REST. No rule lives here.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder endpoints)
    {
        var pipelines = endpoints.MapGroup("/api/v1/pipelines");
        pipelines.MapPost("{model}/runs", StartAsync).WithMetadata(new SizeLimit(16 << 10));
        pipelines.MapGet("{model}/runs", ListAsync);
        pipelines.MapGet("runs/{runId}", GetAsync);
        pipelines.MapPost("runs/{runId}/cancel", CancelAsync);
    }

    private static async Task<IResult> StartAsync(HttpRequest request, string model, string? workspace, StartRunHandler start, CancellationToken ct)
    {
        var body = request.ContentLength == 0 ? new() : await JsonSerializer.DeserializeAsync(request.Body, RunJson.Default.StartRunBody, ct);
        if (body is null)
        {
            return Refusal.Invalid("body", "must be a JSON object").ToResult();
        }
        var command = new StartRun(ModelKey.Of(workspace, model), body.Algorithm, body.Reason, body.RequestId);
        return (await start.HandleAsync(command, ct)).ToResult(run => Json(run, StatusCodes.Status201Created));
    }

    private static async Task<IResult> ListAsync(
        string model, string? workspace, string? page_size, string? page_token, RunQueries queries, CancellationToken ct)
    {
        // A size that is no number becomes -1, which no list accepts.
        var size = page_size is null ? 0 : int.TryParse(page_size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        return (await queries.ListAsync(ModelKey.Of(workspace, model), size, page_token ?? "", ct))
            .ToResult(page => Results.Json(RunListBody.Of(page), RunJson.Default.RunListBody));
    }

    private static async Task<IResult> GetAsync(string runId, RunQueries queries, CancellationToken ct) =>
        (await queries.GetAsync(runId, ct)).ToResult(run => Json(run));

    private static async Task<IResult> CancelAsync(string runId, CancelRunHandler cancel, CancellationToken ct) =>
        (await cancel.HandleAsync(runId, ct)).ToResult(run => Json(run));

    private static IResult Json(Run run, int status = StatusCodes.Status200OK) =>
        Results.Json(RunBody.Of(run), RunJson.Default.RunBody, statusCode: status);

    private sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
