using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers an inference request of the protocol's gRPC form.</summary>
internal sealed class InferHandler(ModelCatalog catalog, InferenceMetrics metrics, PredictionLogger log)
{
    private const string LogParameter = "modelops_log";

    public ValueTask<Outcome<ModelInferResponse>> HandleAsync(ModelInferRequest request, HttpContext http, CancellationToken ct) =>
        HandleAsync(request, CallHeaders.Of(http.Request), http.Response, ct);

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="headers">What the Gateway decided about it.</param>
    /// <param name="response">Where the version is said that answers; null where headers are gone already.</param>
    /// <param name="ct">Its caller.</param>
    public async ValueTask<Outcome<ModelInferResponse>> HandleAsync(ModelInferRequest request, CallHeaders headers, HttpResponse? response, CancellationToken ct)
    {
        var started = metrics.Start();
        var found = headers.Acquire(catalog, request.ModelName, request.ModelVersion, response);
        if (found.Refusal is { } unknown)
        {
            metrics.Record(started, InferenceMetrics.Grpc, null, unknown);
            return unknown;
        }
        using var lease = found.Value;
        using var trace = InferenceMetrics.Trace(lease.Model, InferenceMetrics.Grpc);
        var outcome = await InferAsync(request, new PredictionCall(lease.Model, headers.PredictionId, started), ct);
        metrics.Record(started, InferenceMetrics.Grpc, lease.Model, outcome.Refusal);
        return outcome;
    }

    private async ValueTask<Outcome<ModelInferResponse>> InferAsync(ModelInferRequest request, PredictionCall call, CancellationToken ct)
    {
        var model = call.Model;
        using var inputs = new BoundInputs(model.Schema);
        OutputSelection? outputs = null;
        if ((InferParameterRules.Check(request, model.Schema, out var preferences) ?? GrpcTensors.Select(request, model, out outputs) ?? GrpcTensors.Bind(request, inputs)) is { } bad)
        {
            return bad;
        }
        var outcome = await model.RunAsync(inputs, outputs!, preferences, ct);
        using var result = outcome.Value;
        if (IsLogged(request))
        {
            log.Append(call, inputs, outcome);
        }
        return result is null ? outcome.Refusal! : GrpcClasses.Put(GrpcTensors.Answer(request, model, result), request, model, result);
    }

    /// <summary>Batch inference asks to be left out: the log is about online traffic.</summary>
    private static bool IsLogged(ModelInferRequest request) =>
        request.Parameters.Count == 0 || !request.Parameters.TryGetValue(LogParameter, out var log) || log is not { ParameterChoiceCase: InferParameter.ParameterChoiceOneofCase.BoolParam, BoolParam: false };
}
