using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Something that a version's serving configuration says of the model it is for, checked when the version is loaded.</summary>
internal interface IServingRule
{
    /// <summary>Checks a version that is ready otherwise.</summary>
    /// <returns>The field below <c>serving</c> and the rule it breaks; null: none.</returns>
    Refusal? Check(LoadedModel model);
}
