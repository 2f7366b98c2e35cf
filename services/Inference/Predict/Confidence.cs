namespace ModelOps.Inference.Predict;

/// <summary>How sure a prediction is, in words.</summary>
internal static class Confidence
{
    /// <param name="probability">Probability of the class that is predicted.</param>
    public static string Of(double probability) => probability switch
    {
        >= 0.9 => "very_high",
        >= 0.7 => "high",
        >= 0.5 => "medium",
        _ => "low",
    };
}
