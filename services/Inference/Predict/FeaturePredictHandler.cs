using System.Runtime.CompilerServices;
using ModelOps.Inference.Models;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>Predicts one row by feature name; features that the request does not bring are read from the feature store.</summary>
internal sealed class FeaturePredictHandler(ModelCatalog catalog, RequestBody bodies, OnlineFeatures features, RowRunner runner, InferenceMetrics metrics)
{
    private readonly ConditionalWeakTable<LoadedModel, Outcome<FeaturePlan>> _plans = [];

    public async Task<IResult> HandleAsync(HttpContext http, string model)
    {
        var started = metrics.Start();
        var headers = CallHeaders.Of(http.Request);
        var found = headers.Acquire(catalog, model, version: "", http.Response);
        if (found.Refusal is { } unknown)
        {
            metrics.Record(started, InferenceMetrics.Predict, null, unknown);
            return unknown.ToResult();
        }
        using var lease = found.Value;
        using var trace = InferenceMetrics.Trace(lease.Model, InferenceMetrics.Predict);
        var call = new PredictionCall(lease.Model, headers.PredictionId ?? runner.NewId(), started);
        var outcome = await PredictAsync(http, call);
        metrics.Record(started, InferenceMetrics.Predict, lease.Model, outcome.Refusal);
        return outcome.ToResult(prediction => new PredictionResult(prediction, call.Model.Key.Version, metrics.Since(started), call.PredictionId));
    }

    private async Task<Outcome<Prediction>> PredictAsync(HttpContext http, PredictionCall call)
    {
        var (model, ct) = (call.Model, http.RequestAborted);
        var planned = _plans.GetValue(model, FeaturePlan.Of);
        if (planned.Value is not { } plan)
        {
            return planned.Refusal!;
        }
        var parsed = await bodies.ReadAsync(http.Request, body => FeatureRequest.Read(body, plan), ct);
        if (parsed.Value is not { } request)
        {
            return parsed.Refusal!;
        }
        var read = await features.CompleteAsync(model, plan, request, ct);
        if (read.Value is not { } fromStore)
        {
            return read.Refusal!;
        }
        using var inputs = new BoundInputs(model.Schema);
        return plan.Bind(request.Values, inputs) is { } bad
            ? bad
            : await runner.RunAsync(call with { Entities = request.Entities, EventTime = request.EventTime, StoreFeatures = fromStore }, inputs, ct);
    }
}
