namespace ModelOps.Statistics.Comparison;

/// <summary>Outcome of a significance test.</summary>
/// <param name="Statistic">The test's statistic.</param>
/// <param name="PValue">Chance of a statistic at least as extreme when nothing changed.</param>
public readonly record struct TestResult(double Statistic, double PValue);
