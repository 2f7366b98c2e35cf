using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Servers;

namespace Aspire.Hosting.Orchestration;

/// <summary>A resource that runs as a server this machine has installed.</summary>
internal sealed class NativeServerAnnotation(Func<ServerOptions, NativeServer> create) : IResourceAnnotation
{
    /// <summary>The port's endpoint.</summary>
    public required EndpointAnnotation Endpoint { get; init; }

    /// <summary>The user name; unused by servers without users.</summary>
    public required Func<CancellationToken, ValueTask<string?>> UserName { get; init; }

    public required Func<CancellationToken, ValueTask<string?>> Password { get; init; }

    /// <summary>A second port, for the management plugin.</summary>
    public EndpointAnnotation? Management { get; set; }

    /// <summary>The server as it runs; null before its first start.</summary>
    public NativeServer? Server { get; private set; }

    /// <summary>The server with its real settings, from now on the one that is checked.</summary>
    public NativeServer Create(ServerOptions options) => Server = create(options);

    /// <summary>One line when the server is not installed.</summary>
    public string? Missing(ServerOptions options) => create(options).Missing;
}
