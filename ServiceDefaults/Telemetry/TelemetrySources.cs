using System.Collections.Frozen;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>Whose activities and measurements are taken.</summary>
internal static class TelemetrySources
{
    public const string AspNetCore = "Microsoft.AspNetCore";

    /// <summary>Activity sources.</summary>
    public static IReadOnlyList<string> Traces { get; } =
        ["ModelOps.*", AspNetCore, "System.Net.Http", "Npgsql", "RabbitMQ.Client.*", "Aspire.RabbitMQ.Client", "MassTransit"];

    /// <summary>Meters.</summary>
    public static IReadOnlyList<string> Metrics { get; } =
        ["ModelOps.*", "Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit"];

    /// <summary>Instruments that are left out: they are recorded in every request and say nothing that the duration of requests does not say.</summary>
    public static FrozenSet<string> Silent { get; } = FrozenSet.Create(StringComparer.Ordinal, "aspnetcore.routing.match_attempts", "kestrel.queued_requests");

    /// <summary>Whether a name is meant by a pattern.</summary>
    public static bool Matches(string pattern, string name) => pattern.EndsWith('*')
        ? name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
        : name == pattern;
}
