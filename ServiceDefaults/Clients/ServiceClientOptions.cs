using System.ComponentModel.DataAnnotations;

namespace ModelOps.ServiceDefaults.Clients;

/// <summary>How another service is called; read from the section with the service's name, for example <c>Registry</c>.</summary>
public sealed class ServiceClientOptions
{
    /// <summary>Base address of the gRPC endpoint, <c>http://host:port</c> or <c>http://_grpc.name</c> for a discovered one.</summary>
    [Required(ErrorMessage = "must be set: the http:// or https:// address of the service's gRPC endpoint")]
    public Uri? Address { get; set; }

    /// <summary>Deadline of a unary call that has none of its own, all tries together.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Deadline of an upload or download that has none of its own. Calls that stream both ways have none.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan StreamDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one try of an idempotent call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a call is tried again that did not reach the service, or that is idempotent.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Pause before the first retry; doubles from there, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the circuit stays open once half of at least ten calls failed; calls fail at once meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:05:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Names of methods, as in the .proto file, that may run twice: they are also tried again when no answer came.</summary>
    public ISet<string> Idempotent { get; } = new HashSet<string>(StringComparer.Ordinal);
}
