using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Open Inference Protocol v2 over REST.</summary>
internal static class OpenInferenceEndpoints
{
    public static void MapOpenInference(this IEndpointRouteBuilder routes)
    {
        var v2 = routes.MapGroup("/v2");
        v2.MapGet("", (MetadataHandler metadata) => Answer(Server(metadata.Server), WireJson.Default.ServerBody));
        v2.MapGet("/health/live", () => Answer(new LiveBody(true), WireJson.Default.LiveBody));
        v2.MapGet("/health/ready", (MetadataHandler metadata) => Answer(new ReadyBody(metadata.IsReady), WireJson.Default.ReadyBody, Ready(metadata.IsReady)));
        v2.MapGet("/models", (MetadataHandler metadata) => Answer(new ModelsBody(metadata.ReadyModels), WireJson.Default.ModelsBody));
        v2.MapGet("/models/stats", (StatisticsHandler statistics) => Answer(statistics.Read("", "")));
        v2.MapRepository();
        // gRPC answers POST at every address of two parts; without this, other methods there are not allowed instead of not found.
        v2.MapGet("/{nothing}", (HttpContext http) => RestErrors.Result(Refusal.NotFound($"there is nothing at {http.Request.Path}")));
        foreach (var model in (string[])["/models/{model}", "/models/{model}/versions/{version}"])
        {
            v2.MapGet(model, (string model, string? version, MetadataHandler metadata) => Model(model, version ?? "", metadata));
            v2.MapGet($"{model}/ready", (string model, string? version, MetadataHandler metadata) => ModelReady(model, version ?? "", metadata));
            v2.MapGet($"{model}/config", (string model, string? version, ModelConfigHandler config) => Answer(config.Read(model, version ?? "").Then(read => (Outcome<ModelConfig>)read.Config)));
            v2.MapGet($"{model}/stats", (string model, string? version, StatisticsHandler statistics) => Answer(statistics.Read(model, version ?? "")));
            v2.MapPost($"{model}/infer", (string model, string? version, HttpContext http, RestInferHandler infer) => infer.HandleAsync(http, model, version ?? ""));
        }
    }

    private static IResult Model(string model, string version, MetadataHandler metadata)
    {
        var found = metadata.Model(model, version);
        return found.Value is { } response
            ? Answer(Describe(response), WireJson.Default.ModelBody)
            : RestErrors.Result(found.Refusal!);
    }

    private static IResult ModelReady(string model, string version, MetadataHandler metadata)
    {
        var isReady = metadata.IsModelReady(model, version);
        return isReady.Refusal is { } refusal
            ? RestErrors.Result(refusal)
            : Answer(new ModelReadyBody(model, isReady.Value), WireJson.Default.ModelReadyBody, Ready(isReady.Value));
    }

    private static IResult Answer<T>(Outcome<T> outcome)
        where T : class, IMessage => outcome.Succeeded ? ProtocolJsonResult.Of(outcome.Value) : RestErrors.Result(outcome.Refusal);

    private static IResult Answer<T>(T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => Results.Json(body, type, statusCode: status);

    private static int Ready(bool isReady) => isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private static ServerBody Server(ServerMetadataResponse server) => new(server.Name, server.Version, [.. server.Extensions]);

    private static ModelBody Describe(ModelMetadataResponse model) =>
        new(model.Name, [.. model.Versions], model.Platform, [.. model.Inputs.Select(Describe)], [.. model.Outputs.Select(Describe)]);

    private static TensorBody Describe(ModelMetadataResponse.Types.TensorMetadata tensor) => new(tensor.Name, tensor.Datatype, [.. tensor.Shape]);
}
