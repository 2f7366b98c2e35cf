namespace ModelOps.Inference.Predict;

/// <summary>The model behind /predict and /model/info.</summary>
internal sealed class PredictOptions
{
    public const string Section = "Inference";

    /// <summary>Name of the model; without one, both answer that no default model is configured.</summary>
    public string? DefaultModel { get; set; }
}
