using Microsoft.Extensions.Options;
using ModelOps.Registry.Artifacts;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Versions;

/// <summary>The REST resources of models and versions. Translates the wire to commands and back.</summary>
internal static class VersionEndpoints
{
    // Room for the metadata, the profile and the boundaries around an artifact of the largest size.
    private const long MultipartOverhead = 2 << 20;

    public static void MapVersionEndpoints(this IEndpointRouteBuilder app)
    {
        var limit = app.ServiceProvider.GetRequiredService<IOptions<ArtifactOptions>>().Value.MaxBytes + MultipartOverhead;
        var models = app.MapGroup("/api/v1/models");
        models.MapGet("", ListModelsAsync);
        models.MapPost("{model}/versions", RegisterAsync).WithMetadata(new BodyLimit(limit));
        models.MapGet("{model}/versions", ListAsync);
        models.MapGet("{model}/versions/{version}", GetAsync);
        models.MapGet("{model}/versions/{version}/artifact", DownloadAsync);
        models.MapGet("{model}/versions/{version}/profile", ProfileAsync);
        models.MapPost("{model}/versions/{version}/stage", TransitionAsync).WithMetadata(JsonBody.Limit);
        models.MapGet("{model}/versions/{version}/stage-changes", HistoryAsync);
    }

    private static async Task<IResult> RegisterAsync(string model, string? workspace, HttpContext context, RegisterVersionHandler register, CancellationToken ct)
    {
        var opened = await MultipartUpload.OpenAsync(context.Request, ct);
        if (!opened.Succeeded)
        {
            return opened.Refusal.ToResult();
        }
        var command = opened.Value.Metadata.ToCommand(ModelKey.Of(workspace, model), opened.Value.Profile, context.User.Identity?.Name);
        var registered = await register.HandleAsync(command, opened.Value, ct);
        return registered.ToResult(version => TypedResults.Json(
            ModelVersionJson.Of(version), RegistryJson.Default.ModelVersionJson, statusCode: StatusCodes.Status201Created)
            .At($"/api/v1/models/{version.Model.Name}/versions/{version.Version}"));
    }

    private static async Task<IResult> GetAsync(string model, string version, string? workspace, VersionQueries queries, CancellationToken ct)
    {
        var found = await Number(version, "version").ThenAsync(number => queries.GetAsync(ModelKey.Of(workspace, model), number, ct));
        return found.ToResult(known => TypedResults.Json(ModelVersionJson.Of(known), RegistryJson.Default.ModelVersionJson));
    }

    private static async Task<IResult> ListAsync(
        string model, string? workspace, string? page_size, string? page_token, VersionQueries queries, CancellationToken ct)
    {
        var page = await PageSize(page_size).ThenAsync(size => queries.ListAsync(ModelKey.Of(workspace, model), size, page_token ?? "", ct));
        return page.ToResult(found => TypedResults.Json(ModelVersionsJson.Of(found), RegistryJson.Default.ModelVersionsJson));
    }

    private static async Task<IResult> ListModelsAsync(
        string? workspace, string? page_size, string? page_token, VersionQueries queries, CancellationToken ct)
    {
        var page = await PageSize(page_size).ThenAsync(size => queries.ListModelsAsync(workspace ?? "", size, page_token ?? "", ct));
        return page.ToResult(found => TypedResults.Json(ModelsJson.Of(found), RegistryJson.Default.ModelsJson));
    }

    private static async Task<IResult> DownloadAsync(string model, string version, string? workspace, VersionQueries queries, CancellationToken ct)
    {
        var download = await Number(version, "version").ThenAsync(number => queries.OpenAsync(ModelKey.Of(workspace, model), number, ct));
        return download.ToResult(found => new ArtifactResult(found));
    }

    private static async Task<IResult> ProfileAsync(string model, string version, string? workspace, VersionQueries queries, CancellationToken ct)
    {
        var profile = await Number(version, "version").ThenAsync(number => queries.ProfileAsync(ModelKey.Of(workspace, model), number, ct));
        return profile.ToResult(found => TypedResults.Bytes(found, "application/json"));
    }

    private static async Task<IResult> TransitionAsync(
        string model, string version, string? workspace, HttpContext context, TransitionStageHandler transition, VersionQueries queries, CancellationToken ct)
    {
        var (key, actor) = (ModelKey.Of(workspace, model), VersionRules.AuthorOf(context.User.Identity?.Name));
        var body = await JsonBody.ReadAsync(context.Request, RegistryJson.Default.StageBody, ct);
        var command = body.Then(wish => Number(version, "version").Then(number =>
            StageNames.Parse(wish.Stage).Then<TransitionStage>(stage => new TransitionStage(key, number, stage, wish.Reason, actor))));
        var moved = await command.ThenAsync(wish => transition.HandleAsync(wish, ct));
        var found = await moved.ThenAsync(known => queries.GetAsync(known.Model, known.Version, ct));
        return found.ToResult(known => TypedResults.Json(ModelVersionJson.Of(known), RegistryJson.Default.ModelVersionJson));
    }

    private static async Task<IResult> HistoryAsync(string model, string version, string? workspace, TransitionStageHandler stages, CancellationToken ct)
    {
        var history = await Number(version, "version").ThenAsync(number => stages.HistoryAsync(ModelKey.Of(workspace, model), number, ct));
        return history.ToResult(changes => TypedResults.Json(
            new StageChangesJson([.. changes.Select(StageChangeJson.Of)]), RegistryJson.Default.StageChangesJson));
    }

    private static Outcome<long> Number(string text, string field) =>
        long.TryParse(text, out var number) ? number : Refusal.Invalid(field, "must be a whole number");

    private static Outcome<int> PageSize(string? text) => text is null
        ? 100
        : int.TryParse(text, out var size) && size is >= 1 and <= 1_000 ? size : Refusal.Invalid("page_size", "must be 1 to 1000");

    private static async Task<Outcome<TNext>> ThenAsync<T, TNext>(this Outcome<T> outcome, Func<T, Task<Outcome<TNext>>> next)
        where T : notnull
        where TNext : notnull =>
        outcome.Succeeded ? await next(outcome.Value) : outcome.Refusal;

    private static LocatedResult At(this IResult result, string location) => new(result, location);

    /// <summary>An answer with the address of what was made.</summary>
    private sealed class LocatedResult(IResult result, string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return result.ExecuteAsync(httpContext);
        }
    }
}
