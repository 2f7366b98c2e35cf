using ModelOps.Inference.PredictionLog;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>Runs one row, logs it, and says what it predicts.</summary>
internal sealed class RowRunner(PredictionLogger log)
{
    /// <summary>Identity for a prediction that came without one.</summary>
    public string NewId() => log.NewId();

    public async ValueTask<Outcome<Prediction>> RunAsync(PredictionCall call, BoundInputs inputs, CancellationToken ct)
    {
        var outcome = await call.Model.RunAsync(inputs, call.Model.AllOutputs, ct);
        using var result = outcome.Value;
        log.Append(call, inputs, outcome);
        return result is null ? outcome.Refusal! : Prediction.Read(result, call.Model.Card.Places);
    }
}
