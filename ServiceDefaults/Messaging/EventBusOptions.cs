using System.ComponentModel.DataAnnotations;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>How consumers deal with failures.</summary>
public sealed class EventBusOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "EventBus";

    /// <summary>How often a message is tried again before it becomes a dead letter.</summary>
    [Range(0, 20)]
    public int Retries { get; set; } = 5;

    /// <summary>Pause before the first of them; it grows exponentially.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause between two of them.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping service waits for messages that it is handling.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
