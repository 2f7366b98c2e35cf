using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using ModelOps.FeatureStore.Ingestion;
using ModelOps.FeatureStore.Online;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Api;

/// <summary>The REST resources of features. Translates the wire to commands and back.</summary>
internal static class FeatureEndpoints
{
    public static void MapFeatureEndpoints(this IEndpointRouteBuilder app)
    {
        var maxFile = app.ServiceProvider.GetRequiredService<IngestionLimits>().MaxFileBytes;
        var features = app.MapGroup("/api/v1/features");
        features.MapPut("definitions", ApplyAsync).WithMetadata(new BodyLimit(1 << 20));
        features.MapGet("views/{view}", GetViewAsync);
        features.MapGet("services/{service}", GetServiceAsync);
        features.MapPost("views/{view}/materialize", MaterializeAsync).WithMetadata(new BodyLimit(maxFile));
        features.MapPost("views/{view}/push", PushAsync).WithMetadata(new BodyLimit(16 << 20));
        features.MapPost("online", ReadAsync).WithMetadata(new BodyLimit(8 << 20));
    }

    private static async Task<IResult> ApplyAsync(string? workspace, HttpRequest request, DefinitionCommands definitions, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        var applied = await definitions.Apply.HandleAsync(workspace, await reader.ReadToEndAsync(ct), ct);
        return applied.ToResult(changes => TypedResults.Json(new ChangesJson(changes), FeatureJson.Default.ChangesJson));
    }

    private static async Task<IResult> GetViewAsync(string view, string? workspace, DefinitionCommands definitions, CancellationToken ct) =>
        (await definitions.Queries.ViewAsync(workspace, view, ct))
        .ToResult(found => TypedResults.Json(FeatureViewJson.Of(found), FeatureJson.Default.FeatureViewJson));

    private static async Task<IResult> GetServiceAsync(string service, string? workspace, string? version, DefinitionCommands definitions, CancellationToken ct)
    {
        if (!long.TryParse(version ?? "0", out var number) || number < 0)
        {
            return Refusal.Invalid("version", "must be a whole number").ToResult();
        }
        return (await definitions.Queries.ServiceAsync(workspace, service, number, ct))
            .ToResult(found => TypedResults.Json(FeatureServiceJson.Of(found), FeatureJson.Default.FeatureServiceJson));
    }

    private static async Task<IResult> MaterializeAsync(string view, string? workspace, HttpRequest request, IngestionCommands ingestion, CancellationToken ct)
    {
        var materialized = await ingestion.Materialize.HandleAsync(workspace, view, request.Body, ct);
        return materialized.ToResult(done => TypedResults.Json(MaterializedJson.Of(done), FeatureJson.Default.MaterializedJson));
    }

    private static async Task<IResult> PushAsync(string view, string? workspace, HttpRequest request, IngestionCommands ingestion, CancellationToken ct)
    {
        var body = await JsonSerializer.DeserializeAsync(request.Body, FeatureJson.Default.PushJson, ct);
        var found = await ingestion.Push.ViewAsync(workspace, view, ct);
        var rows = found.Then(known => JsonValues.ToRows(body?.Rows ?? [], known));
        if (!rows.Succeeded)
        {
            return rows.Refusal.ToResult();
        }
        var pushed = await ingestion.Push.HandleAsync(found.Value!, rows.Value, ct);
        return pushed.ToResult(done => TypedResults.Json(new PushedJson(done.Stored, done.Online), FeatureJson.Default.PushedJson));
    }

    private static async Task<IResult> ReadAsync(string? workspace, HttpRequest request, GetOnlineFeaturesHandler online, CancellationToken ct)
    {
        var body = await JsonSerializer.DeserializeAsync(request.Body, FeatureJson.Default.OnlineJson, ct) ?? new();
        var selected = await online.SelectAsync(workspace, new(body.FeatureService, body.FeatureServiceVersion, [.. body.Features.Select(name => name ?? "")]), ct);
        var keys = selected.Then(selection => JsonValues.ToKeys(body.Entities, selection));
        if (!keys.Succeeded)
        {
            return keys.Refusal.ToResult();
        }
        return (await online.ReadAsync(selected.Value!, keys.Value, ct)).ToResult(columns => new OnlineAnswer(columns));
    }

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
