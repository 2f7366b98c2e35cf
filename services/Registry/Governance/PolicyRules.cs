using System.Globalization;
using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Governance;

/// <summary>The limits of registry.proto for policies.</summary>
internal static class PolicyRules
{
    private const int MaxMetrics = 100;

    public static Refusal? Check(GovernancePolicy policy) =>
        TextRules.CheckNumbers(policy.MetricFloors, MaxMetrics, "metric_floors")
        ?? TextRules.CheckNumbers(policy.MetricCeilings, MaxMetrics, "metric_ceilings")
        ?? CheckRanges(policy);

    /// <summary>No version could ever pass a floor above its ceiling.</summary>
    private static Refusal? CheckRanges(GovernancePolicy policy)
    {
        foreach (var (metric, ceiling) in policy.MetricCeilings)
        {
            if (policy.MetricFloors.TryGetValue(metric, out var floor) && floor > ceiling)
            {
                return Refusal.Invalid($"metric_ceilings.{metric}", $"must not be below the floor, which is {floor.ToString(CultureInfo.InvariantCulture)}");
            }
        }
        return null;
    }
}
