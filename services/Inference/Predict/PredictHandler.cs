using Microsoft.Extensions.Options;
using ModelOps.Inference.Models;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>Predicts one row with the default model.</summary>
internal sealed class PredictHandler(ModelCatalog catalog, RequestBody bodies, InferenceMetrics metrics, RowRunner runner, IOptions<PredictOptions> options)
{
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var started = metrics.Start();
        var headers = CallHeaders.Of(http.Request);
        var found = DefaultModel.Then(model => headers.Acquire(catalog, model, version: "", http.Response));
        if (found.Refusal is { } unknown)
        {
            metrics.Record(started, InferenceMetrics.Predict, null, unknown);
            return unknown.ToResult();
        }
        using var lease = found.Value;
        using var trace = InferenceMetrics.Trace(lease.Model, InferenceMetrics.Predict);
        var outcome = await PredictAsync(http, new PredictionCall(lease.Model, headers.PredictionId, started));
        metrics.Record(started, InferenceMetrics.Predict, lease.Model, outcome.Refusal);
        var version = lease.Model.Key.Version;
        return outcome.ToResult(prediction => new PredictionResult(prediction, version, metrics.Since(started)));
    }

    /// <summary>What the default model is.</summary>
    public IResult Info()
    {
        var found = DefaultModel.Then(model => catalog.Acquire(model, ""));
        if (found.Refusal is { } refusal)
        {
            return refusal.ToResult();
        }
        using var lease = found.Value;
        var (key, card) = (lease.Model.Key, lease.Model.Card);
        return Results.Json(
            new ModelInfo(key.Model, key.Version, card.ModelType, card.Features, card.FeatureNames, card.Classes), PredictJson.Default.ModelInfo);
    }

    private Outcome<string> DefaultModel => options.Value.DefaultModel is { Length: > 0 } model
        ? model
        : Refusal.NotFound("no default model is configured (Inference:DefaultModel); use /v2/models/{name}/infer");

    private async Task<Outcome<Prediction>> PredictAsync(HttpContext http, PredictionCall call)
    {
        var ct = http.RequestAborted;
        using var inputs = new BoundInputs(call.Model.Schema);
        var row = await bodies.ReadAsync(http.Request, body => FeatureRow.Read(body, inputs), ct);
        return row.Refusal is { } bad ? bad : await runner.RunAsync(call, inputs, ct);
    }
}
