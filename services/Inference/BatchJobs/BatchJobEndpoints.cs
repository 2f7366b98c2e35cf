using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Batch jobs over REST. No rule lives here.</summary>
internal static class BatchJobEndpoints
{
    public static void MapBatchJobs(this IEndpointRouteBuilder endpoints)
    {
        var jobs = endpoints.MapGroup("/api/v1/batch-jobs");
        jobs.MapPost("", SubmitAsync).WithMetadata(new SizeLimit(16 << 10));
        jobs.MapGet("", (BatchJobCommands commands) => commands.List().ToResult(list => Results.Json(list, BatchJobJson.Default.BatchJobList)));
        jobs.MapGet("{id}", (string id, BatchJobCommands commands) => commands.Get(id).ToResult(job => Json(job)));
        jobs.MapPost("{id}/cancel", async (string id, BatchJobCommands commands, CancellationToken ct) => (await commands.CancelAsync(id, ct)).ToResult(job => Json(job)));
    }

    private static async Task<IResult> SubmitAsync(HttpRequest http, BatchJobCommands commands, CancellationToken ct)
    {
        var request = await JsonSerializer.DeserializeAsync(http.Body, BatchJobJson.Default.BatchJobRequest, ct);
        return request is null
            ? Refusal.Invalid("body", "must be a JSON object").ToResult()
            : (await commands.SubmitAsync(request, http.HttpContext.User.Identity?.Name ?? "", ct)).ToResult(job => Json(job, StatusCodes.Status201Created));
    }

    private static IResult Json(BatchJob job, int status = StatusCodes.Status200OK) => Results.Json(job, BatchJobJson.Default.BatchJob, statusCode: status);

    private sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
