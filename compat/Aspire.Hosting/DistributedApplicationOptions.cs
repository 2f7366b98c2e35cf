using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The assembly whose project the application belongs to; the program's own unless said.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Whether the application runs without its page.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether the resources' output also goes to the application's log.</summary>
    public bool EnableResourceLogging { get; set; }

    /// <summary>Whether plain HTTP is fine; it always is here, since everything stays on loopback.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    internal Assembly? Assembly => AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
}
