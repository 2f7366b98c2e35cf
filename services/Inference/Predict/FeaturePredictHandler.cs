using System.Runtime.CompilerServices;
using ModelOps.Inference.Explanations;
using ModelOps.Inference.Models;
using ModelOps.Inference.OpenInference;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>
/// Predicts one row by feature name, and explains it when asked to; features that the request does not bring are read from the feature store.
/// </summary>
internal sealed class FeaturePredictHandler(
    ModelCatalog catalog, RequestBody bodies, OnlineFeatures features, RowRunner runner, RowExplainer explainer, InferenceMetrics metrics)
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
        return outcome.ToResult(answer => new PredictionResult(answer.Prediction, call.Model.Key.Version, metrics.Since(started), call.PredictionId)
        {
            Explanation = answer.Explanation,
            DefaultedFeatures = answer.Defaulted,
        });
    }

    private async Task<Outcome<Answer>> PredictAsync(HttpContext http, PredictionCall call)
    {
        var (model, ct) = (call.Model, http.RequestAborted);
        var planned = _plans.GetValue(model, FeaturePlan.Of);
        if (planned.Value is not { } plan)
        {
            return planned.Refusal!;
        }
        var explained = RowExplainer.IsAskedBy(http.Request);
        if (explained.Refusal is { } wrong)
        {
            return wrong;
        }
        if (explained.Value && await explainer.RefuseAsync(model, ct) is { } unexplained)
        {
            return unexplained;
        }
        var parsed = await bodies.ReadAsync(http.Request, body => FeatureRequest.Read(body, plan), ct);
        if (parsed.Value is not { } request)
        {
            return parsed.Refusal!;
        }
        var read = await features.CompleteAsync(model, plan, request, ct);
        if (read.Value is not { } completed)
        {
            return read.Refusal!;
        }
        using var inputs = new BoundInputs(model.Schema);
        if (plan.Bind(request.Values, inputs) is { } bad)
        {
            return bad;
        }
        var complete = call with
        {
            Entities = request.Entities,
            EventTime = request.EventTime,
            StoreFeatures = completed.FromStore,
            DefaultedFeatures = completed.Defaulted,
        };
        var predicted = await runner.RunAsync(complete, inputs, ct);
        if (predicted.Value is not { } prediction || !explained.Value)
        {
            return predicted.Then<Answer>(found => new Answer(found, completed.Defaulted, null));
        }
        var explanation = await explainer.ExplainAsync(model, plan.Features, request.Values, ct);
        return explanation.Then<Answer>(found => new Answer(prediction, completed.Defaulted, found));
    }

    /// <summary>A prediction, which features took their default for it, and its explanation where that was asked for.</summary>
    private sealed record Answer(Prediction Prediction, IReadOnlyList<string> Defaulted, RowExplanation? Explanation);
}
