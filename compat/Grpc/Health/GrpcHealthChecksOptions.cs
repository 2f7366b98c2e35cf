namespace Grpc.AspNetCore.HealthChecks;

/// <summary>How ASP.NET's health checks become answers of <c>grpc.health.v1</c>.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>Which checks decide about which service. The empty name stands for the server and is decided by all checks unless remapped.</summary>
    public ServiceMappingCollection Services { get; } = [];

    /// <summary>Whether Check answers with what the last periodic run found instead of running the checks.</summary>
    public bool UseHealthChecksCache { get; set; }

    /// <summary>Whether Watch calls are left running when the host stops. Otherwise they end with NOT_SERVING, so that the host need not wait for them.</summary>
    public bool SuppressCompletionOnShutdown { get; set; }
}
