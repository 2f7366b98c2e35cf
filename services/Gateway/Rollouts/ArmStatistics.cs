namespace ModelOps.Gateway.Rollouts;

/// <summary>How one version did since a moment, as Monitor tells it. Stored with the steps that were decided on it.</summary>
/// <param name="Version">Version.</param>
/// <param name="Predictions">Predictions, failed ones included.</param>
/// <param name="Errors">Failed ones.</param>
/// <param name="LatencyP50Seconds">Median latency.</param>
/// <param name="LatencyP99Seconds">99th percentile of the latency.</param>
/// <param name="Labels">Answered predictions with a score and a label.</param>
/// <param name="Positives">Of those, with label 1.</param>
/// <param name="LogLossMean">Mean log loss.</param>
/// <param name="LogLossVariance">Its sample variance.</param>
/// <param name="BrierMean">Mean squared difference of score and label.</param>
/// <param name="BrierVariance">Its sample variance.</param>
internal sealed record ArmStatistics(
    long Version, long Predictions, long Errors, double LatencyP50Seconds, double LatencyP99Seconds, long Labels, long Positives,
    double LogLossMean, double LogLossVariance, double BrierMean, double BrierVariance);
