using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>A feature that is to be redacted has to be one that the model has: a slip of the pen would log what must not be logged.</summary>
internal sealed class RedactionRule : IServingRule
{
    public Refusal? Check(LoadedModel model)
    {
        var unknown = model.Serving.PredictionLog.RedactedFeatures.FirstOrDefault(name => !FeatureLayout.Names(model).Contains(name, StringComparer.Ordinal));
        return unknown is null ? null : Refusal.Invalid("serving.prediction_log.redacted_features", $"names '{unknown}', which is no input and no named column of the model");
    }
}
