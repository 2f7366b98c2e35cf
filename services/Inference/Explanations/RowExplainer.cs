using ModelOps.Explanations;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Explanations;

/// <summary>Explains a prediction to whoever asks for it by <c>?explain=true</c>.</summary>
internal sealed class RowExplainer(ModelExplainers explainers, ExplanationTurns turns)
{
    private const string Parameter = "explain";

    /// <summary>Reads what a request asks for.</summary>
    /// <returns>True: an explanation. Refused for anything but true and false.</returns>
    public static Outcome<bool> IsAskedBy(HttpRequest request) => request.Query[Parameter].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => Refusal.Invalid(Parameter, "must be true or false"),
    };

    /// <summary>Says why a version cannot be explained, before anything is predicted.</summary>
    /// <returns>Null when it can.</returns>
    public async Task<Refusal?> RefuseAsync(LoadedModel model, CancellationToken ct) => (await explainers.OfAsync(model, ct)).Refusal;

    /// <summary>Explains a row.</summary>
    /// <param name="model">The version.</param>
    /// <param name="features">Names and types of the features, in the order of the model's inputs and their columns.</param>
    /// <param name="values">One value per feature, in the raw encoding.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Outcome<RowExplanation>> ExplainAsync(
        LoadedModel model, IReadOnlyList<(string Name, Datatype Datatype)> features, byte[]?[] values, CancellationToken ct)
    {
        var found = await explainers.OfAsync(model, ct);
        if (found.Value is not { } explainer)
        {
            return found.Refusal!;
        }
        FeatureValue[] row = [.. features.Zip(values, (feature, value) => FeatureValues.Decode(feature.Datatype, value))];
        string[] names = [.. features.Select(feature => feature.Name)];
        return await turns.RunAsync(() => new RowExplanation(explainer, explainer.Explain(row, ct), names, row), ct);
    }
}
