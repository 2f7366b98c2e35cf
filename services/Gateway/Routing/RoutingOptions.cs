using System.ComponentModel.DataAnnotations;

namespace ModelOps.Gateway.Routing;

/// <summary>How requests are passed on.</summary>
internal sealed class RoutingOptions
{
    public const string Section = "Gateway:Routing";

    /// <summary>Largest body of a request; uploads have their own limit.</summary>
    [Range(1_024, 2_147_483_647)]
    public long MaxRequestBytes { get; set; } = 64 << 20;

    /// <summary>Largest upload of a model or of rows to materialize, with what surrounds it.</summary>
    [Range(1_024, 1L << 40)]
    public long MaxUploadBytes { get; set; } = 513L << 20;

    /// <summary>How far into a gRPC message its model is looked for.</summary>
    [Range(512, 1 << 20)]
    public int PeekBytes { get; set; } = 64 << 10;

    /// <summary>How long a call may stand still, in either direction.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same for calls to the services behind the gateway, which check a whole upload before they answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ServiceIdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long connecting to a replica may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
