using System.ComponentModel.DataAnnotations;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>How every <see cref="HttpClient"/> of the service behaves. gRPC calls have <see cref="ServiceClientOptions"/> instead.</summary>
public sealed class HttpResilienceOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "HttpClients";

    /// <summary>How long a GET or HEAD may take until its headers are there, all tries together.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a GET or HEAD is tried again.</summary>
    [Range(1, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Pause before the first retry; doubles from there, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a server that failed half of at least ten requests is left alone.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:05:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);
}
