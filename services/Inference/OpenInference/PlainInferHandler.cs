using Grpc.Core;
using ModelOps.Inference.Models;
using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers inference requests over gRPC: those of the plain form without making messages of them, all others as messages.</summary>
internal sealed class PlainInferHandler(ModelCatalog catalog, InferenceMetrics metrics, PredictionLogger log, InferHandler messages)
{
    /// <summary>Answers a call, in one state machine: every request comes through here.</summary>
    /// <returns>The call, which has the answer; its marshaller disposes of it.</returns>
    /// <exception cref="RpcException">There is no answer; the call is disposed of.</exception>
    public async Task<InferCall> HandleAsync(InferCall call, HttpContext http, CancellationToken ct)
    {
        var isAnswered = false;
        try
        {
            var started = metrics.Start();
            var headers = CallHeaders.Of(http.Request);
            if (call.Message is null && headers.Acquire(catalog, call.ModelName, call.ModelVersion, response: null).Value is { Model: { } model } lease)
            {
                call.Hold(lease);
                using var inputs = new BoundInputs(model.Schema);
                if (call.TryBind(model, inputs, out var outputs))
                {
                    CallHeaders.Name(model, http.Response);
                    using var trace = InferenceMetrics.Trace(model, InferenceMetrics.Grpc);
                    var outcome = await model.RunAsync(inputs, outputs, ct);
                    log.Append(new PredictionCall(model, headers.PredictionId, started), inputs, outcome);
                    metrics.Record(started, InferenceMetrics.Grpc, model, outcome.Refusal);
                    call.Complete(outcome.OrThrow());
                    ct.ThrowIfCancellationRequested(); // a call that is over is not written, and so not disposed of by the marshaller
                    isAnswered = true;
                    return call;
                }
            }
            call.Answer = (await messages.HandleAsync(call.ToMessage(), http, ct)).OrThrow();
            ct.ThrowIfCancellationRequested();
            isAnswered = true;
            return call;
        }
        finally
        {
            if (!isAnswered)
            {
                call.Dispose();
            }
        }
    }
}
