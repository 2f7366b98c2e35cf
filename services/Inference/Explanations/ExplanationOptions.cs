using System.ComponentModel.DataAnnotations;

namespace ModelOps.Inference.Explanations;

/// <summary>How much explanations may take.</summary>
internal sealed class ExplanationOptions
{
    public const string Section = "Inference:Explanations";

    /// <summary>Most steps for one row, over all trees: ways from the root to a leaf times the square of the features on the longest one. 50 million take about a second.</summary>
    [Range(1, 10_000_000_000)]
    public long MaxStepsPerRow { get; set; } = 50_000_000;

    /// <summary>Rows that are explained at the same time; more wait.</summary>
    [Range(1, 1024)]
    public int MaxConcurrent { get; set; } = 2;

    /// <summary>Rows that may wait to be explained; the next one is refused.</summary>
    [Range(0, 100_000)]
    public int MaxQueued { get; set; } = 64;
}
