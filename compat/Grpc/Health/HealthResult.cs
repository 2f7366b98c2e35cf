using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>What a health check found.</summary>
[Obsolete("HealthResult is obsolete. Use HealthCheckMapContext instead.")]
public sealed class HealthResult
{
    public HealthResult(
        string name,
        IEnumerable<string> tags,
        HealthStatus status,
        string? description,
        TimeSpan duration,
        Exception? exception,
        IReadOnlyDictionary<string, object> data)
    {
        Name = name;
        Tags = tags;
        Status = status;
        Description = description;
        Duration = duration;
        Exception = exception;
        Data = data;
    }

    public string Name { get; }

    public IEnumerable<string> Tags { get; }

    public HealthStatus Status { get; }

    public string? Description { get; }

    public IReadOnlyDictionary<string, object> Data { get; }

    public Exception? Exception { get; }

    public TimeSpan Duration { get; }
}
