using System.Runtime.CompilerServices;
using ModelOps.Inference.Models;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers inference requests over gRPC: those of the plain form without making messages of them, all others as messages.</summary>
internal sealed class PlainInferHandler(ModelCatalog catalog, InferenceMetrics metrics, PredictionLogger log, InferHandler messages)
{
    /// <returns>Why there is no answer, and then the call is over; null when the call has it.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Refusal?> HandleAsync(InferCall call, HttpContext http, CancellationToken ct)
    {
        var isAnswered = false;
        try
        {
            var refusal = await AnswerAsync(call, http, ct);
            isAnswered = refusal is null;
            return refusal;
        }
        finally
        {
            if (!isAnswered)
            {
                call.Dispose();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Refusal?> AnswerAsync(InferCall call, HttpContext http, CancellationToken ct)
    {
        var started = metrics.Start();
        var headers = CallHeaders.Of(http.Request);
        if (call.Message is null && headers.Acquire(catalog, call.ModelName, call.ModelVersion, response: null).Value is { Model: { } model } lease)
        {
            var isKept = false;
            try
            {
                using var inputs = new BoundInputs(model.Schema);
                if (call.TryBind(model, inputs, out var outputs))
                {
                    CallHeaders.Name(model, http.Response);
                    using var trace = InferenceMetrics.Trace(model, InferenceMetrics.Grpc);
                    var outcome = await model.RunAsync(inputs, outputs, ct);
                    log.Append(new PredictionCall(model, headers.PredictionId, started), inputs, outcome);
                    metrics.Record(started, InferenceMetrics.Grpc, model, outcome.Refusal);
                    if (outcome.Value is { } result)
                    {
                        call.Complete(lease, result);
                        isKept = true;
                    }
                    return outcome.Refusal;
                }
            }
            finally
            {
                if (!isKept)
                {
                    lease.Dispose();
                }
            }
        }
        var answered = await messages.HandleAsync(call.ToMessage(), http, ct);
        call.Answer = answered.Value;
        return answered.Refusal;
    }
}
