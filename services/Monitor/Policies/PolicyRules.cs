using System.Globalization;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Monitor.Policies;

/// <summary>What a policy may say.</summary>
internal static class PolicyRules
{
    private const long MaxRows = 1_000_000;
    private const double MaxSeconds = 366 * 86_400;

    /// <summary>The first rule a policy breaks; its defaults are filled in.</summary>
    public static Refusal? Check(MonitoringPolicy policy) =>
        CheckRows(policy.WindowRows, "window_rows")
        ?? CheckSeconds(policy.WindowSeconds, "window_seconds")
        ?? CheckSeconds(policy.WindowIdleSeconds, "window_idle_seconds")
        ?? CheckRows(policy.MinimumRows, "minimum_rows")
        ?? (policy.DriftedShare is > 0 and <= 1 ? null : Refusal.Invalid("drifted_share", $"must be above 0 and at most 1, it is {Text(policy.DriftedShare)}"));

    private static Refusal? CheckRows(long rows, string field) =>
        rows is >= 1 and <= MaxRows ? null : Refusal.Invalid(field, $"must be 1 to {MaxRows}, it is {rows}");

    private static Refusal? CheckSeconds(double seconds, string field) =>
        seconds is >= 0 and <= MaxSeconds ? null : Refusal.Invalid(field, $"must be 0 to {Text(MaxSeconds)}, it is {Text(seconds)}");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
