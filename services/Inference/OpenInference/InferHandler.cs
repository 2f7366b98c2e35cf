using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers an inference request of the protocol's gRPC form.</summary>
internal sealed class InferHandler(ModelCatalog catalog, InferenceMetrics metrics)
{
    public async ValueTask<Outcome<ModelInferResponse>> HandleAsync(ModelInferRequest request, CancellationToken ct)
    {
        var started = metrics.Start();
        var found = catalog.Acquire(request.ModelName, request.ModelVersion);
        if (found.Refusal is { } unknown)
        {
            metrics.Record(started, InferenceMetrics.Grpc, null, unknown);
            return unknown;
        }
        using var lease = found.Value;
        using var trace = InferenceMetrics.Trace(lease.Model, InferenceMetrics.Grpc);
        var outcome = await InferAsync(request, lease.Model, ct);
        metrics.Record(started, InferenceMetrics.Grpc, lease.Model, outcome.Refusal);
        return outcome;
    }

    private static async ValueTask<Outcome<ModelInferResponse>> InferAsync(ModelInferRequest request, LoadedModel model, CancellationToken ct)
    {
        using var inputs = new BoundInputs(model.Schema);
        if ((GrpcTensors.Select(request, model, out var outputs) ?? GrpcTensors.Bind(request, inputs)) is { } bad)
        {
            return bad;
        }
        var outcome = await model.RunAsync(inputs, outputs!, ct);
        if (outcome.Refusal is { } refusal)
        {
            return refusal;
        }
        using var result = outcome.Value!;
        return GrpcTensors.Answer(request, model, result);
    }
}
