using System.Globalization;

namespace ModelOps.Registry.Governance;

/// <summary>Whether a version keeps to a policy.</summary>
internal static class Gates
{
    /// <summary>Asks every gate; a version passes when all of them do.</summary>
    public static GovernanceReport Judge(GovernancePolicy policy, IReadOnlyDictionary<string, double> metrics, bool hasReferenceProfile)
    {
        List<GateResult> gates =
        [
            .. policy.MetricFloors.OrderBy(floor => floor.Key, StringComparer.Ordinal).Select(floor => Floor(floor.Key, floor.Value, metrics)),
            .. policy.MetricCeilings.OrderBy(ceiling => ceiling.Key, StringComparer.Ordinal).Select(ceiling => Ceiling(ceiling.Key, ceiling.Value, metrics)),
        ];
        if (policy.RequireReferenceProfile)
        {
            gates.Add(new("reference_profile", hasReferenceProfile, hasReferenceProfile ? "is there" : "is missing"));
        }
        return new(gates.TrueForAll(gate => gate.Passed), gates);
    }

    private static GateResult Floor(string metric, double floor, IReadOnlyDictionary<string, double> metrics) =>
        metrics.TryGetValue(metric, out var value)
            ? new($"metrics.{metric}", value >= floor, $"is {Text(value)}, must be at least {Text(floor)}")
            : new($"metrics.{metric}", false, $"is missing, must be at least {Text(floor)}");

    private static GateResult Ceiling(string metric, double ceiling, IReadOnlyDictionary<string, double> metrics) =>
        metrics.TryGetValue(metric, out var value)
            ? new($"metrics.{metric}", value <= ceiling, $"is {Text(value)}, must be at most {Text(ceiling)}")
            : new($"metrics.{metric}", false, $"is missing, must be at most {Text(ceiling)}");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
