using System.ComponentModel.DataAnnotations;

namespace ModelOps.ServiceDefaults.Telemetry;

/// <summary>What is measured and how much of it is kept. Where it goes is said by the standard <c>OTEL_*</c> settings.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Telemetry";

    /// <summary>Combinations of labels that <c>/metrics</c> keeps for one instrument; what comes later is added up in one overflow series.</summary>
    [Range(1, 100_000)]
    public int MaxSeries { get; set; } = 1000;

    /// <summary>How long the last spans and measurements may take to leave when the service stops.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Meters and activity sources beside the usual ones; a <c>*</c> at the end stands for anything.</summary>
    public IList<string> Sources { get; } = [];
}
