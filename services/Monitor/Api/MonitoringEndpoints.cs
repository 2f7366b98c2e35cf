using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.Monitor.Arms;
using ModelOps.Monitor.Findings;
using ModelOps.Monitor.Ingest;
using ModelOps.Monitor.Labels;
using ModelOps.Monitor.Policies;
using ModelOps.Monitor.Predictions;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Api;

/// <summary>The same over REST. Translates the wire to commands and back.</summary>
internal static class MonitoringEndpoints
{
    // A thousand labels with the longest ids, twice over.
    private const long MaxBody = 1 << 20;

    public static void MapMonitoringEndpoints(this IEndpointRouteBuilder app)
    {
        var monitoring = app.MapGroup("/api/v1/monitoring").WithMetadata(new BodyLimit(MaxBody));
        monitoring.MapPost("labels", PushLabelsAsync);
        monitoring.MapGet("alerts", ListAlertsAsync);
        monitoring.MapGet("rejected-batches", ListRejectedAsync);
        monitoring.MapGet("models/{model}/predictions", ListPredictionsAsync);
        monitoring.MapGet("models/{model}/windows", ListWindowsAsync);
        monitoring.MapGet("models/{model}/arms", GetArmsAsync);
        monitoring.MapGet("models/{model}/policy", GetPolicyAsync);
        monitoring.MapPut("models/{model}/policy", SetPolicyAsync);
    }

    private static async Task<IResult> PushLabelsAsync(LabelsBody body, string? workspace, PushLabelsHandler labels, CancellationToken ct)
    {
        var request = new Wire.PushLabelsRequest
        {
            Workspace = workspace ?? "",
            Labels = { body.Labels.Select(label => new Wire.Label { PredictionId = label?.PredictionId ?? "", Label_ = label?.Label ?? 0 }) },
        };
        return (await labels.HandleAsync(request, ct)).ToResult(ProtoJson.Result);
    }

    private static async Task<IResult> ListPredictionsAsync(
        string model, string? workspace, string? version, string? page_size, string? page_token, PredictionQueries predictions, CancellationToken ct)
    {
        var (number, size) = (QueryText.Number(version, "version"), QueryText.PageSize(page_size));
        return (number.Refusal ?? size.Refusal) is { } refusal
            ? refusal.ToResult()
            : (await predictions.ListAsync(
                new() { Workspace = workspace ?? "", Model = model, Version = number.Value, PageSize = size.Value, PageToken = page_token ?? "" }, ct)).ToResult(ProtoJson.Result);
    }

    private static async Task<IResult> ListWindowsAsync(
        string model, string? workspace, string? version, string? page_size, string? page_token, FindingQueries findings, CancellationToken ct)
    {
        var (number, size) = (QueryText.Number(version, "version"), QueryText.PageSize(page_size));
        return (number.Refusal ?? size.Refusal) is { } refusal
            ? refusal.ToResult()
            : (await findings.ListWindowsAsync(
                new() { Workspace = workspace ?? "", Model = model, Version = number.Value, PageSize = size.Value, PageToken = page_token ?? "" }, ct)).ToResult(ProtoJson.Result);
    }

    private static async Task<IResult> ListAlertsAsync(
        string? model, string? workspace, string? page_size, string? page_token, FindingQueries findings, CancellationToken ct)
    {
        var size = QueryText.PageSize(page_size);
        return size.Refusal is { } refusal
            ? refusal.ToResult()
            : (await findings.ListAlertsAsync(
                new() { Workspace = workspace ?? "", Model = model ?? "", PageSize = size.Value, PageToken = page_token ?? "" }, ct)).ToResult(ProtoJson.Result);
    }

    private static async Task<IResult> ListRejectedAsync(string? page_size, string? page_token, RejectedBatchQueries rejected, CancellationToken ct)
    {
        var size = QueryText.PageSize(page_size);
        return size.Refusal is { } refusal
            ? refusal.ToResult()
            : (await rejected.ListAsync(size.Value, page_token ?? "", ct)).ToResult(page => TypedResults.Json(page, MonitorJson.Default.RejectedBatchesBody));
    }

    private static async Task<IResult> GetArmsAsync(
        string model, string? workspace, string? environment, string? versions, string? since, ArmQueries arms, CancellationToken ct)
    {
        var (numbers, moment) = (QueryText.Numbers(versions, "versions"), QueryText.Moment(since, "since"));
        return (numbers.Refusal ?? moment.Refusal) is { } refusal
            ? refusal.ToResult()
            : (await arms.GetAsync(
                new() { Workspace = workspace ?? "", Environment = environment ?? "", Model = model, Versions = { numbers.Value }, Since = moment.Value }, ct)).ToResult(ProtoJson.Result);
    }

    private static async Task<IResult> GetPolicyAsync(string model, string? workspace, PolicyHandler policies, CancellationToken ct) =>
        (await policies.GetAsync(new() { Workspace = workspace ?? "", Model = model }, ct)).ToResult(ProtoJson.Result);

    private static async Task<IResult> SetPolicyAsync(string model, PolicyBody body, string? workspace, PolicyHandler policies, CancellationToken ct) =>
        (await policies.SetAsync(body.ToWire(workspace ?? "", model), ct)).ToResult(ProtoJson.Result);

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
