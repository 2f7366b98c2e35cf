using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Predict;

/// <summary>Defaults for missing features have to be of features that the model has, and of their type.</summary>
internal sealed class DefaultsRule : IServingRule
{
    public Refusal? Check(LoadedModel model) =>
        model.Serving.MissingFeatures.Defaults.Count > 0 && FeaturePlan.Of(model).Refusal is { } refusal
            ? refusal with { Field = refusal.Field ?? FeaturePlan.DefaultsField }
            : null;
}
