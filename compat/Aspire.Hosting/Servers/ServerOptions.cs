using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Servers;

/// <summary>What a natively installed server is told. Its data live in a folder of its own, <c>DataRoot/Name</c>.</summary>
internal sealed record ServerOptions
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>The folder that holds all data of this application.</summary>
    public required string DataRoot { get; init; }

    /// <summary>The TCP port to listen on, loopback only.</summary>
    public required int Port { get; init; }

    /// <summary>Redis knows none and ignores it.</summary>
    public required string UserName { get; init; }

    public required string Password { get; init; }

    /// <summary>Runs what a server needs done before its first start, so that it too ends with the host.</summary>
    public required ProcessSupervisor Supervisor { get; init; }

    /// <summary>Where the server's programs are, for one that is installed somewhere unusual; else PATH and Debian's folders are searched.</summary>
    public string? BinaryFolder { get; init; }

    /// <summary>False leaves writing to disk to the operating system: what was acknowledged survives a killed server, but not a killed machine.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>PostgreSQL: how many connections it accepts; room for the full pools (Npgsql: 100) of a handful of services.</summary>
    public int MaxConnections { get; init; } = 600;

    /// <summary>RabbitMQ: the management plugin's HTTP port; null leaves the plugin out.</summary>
    public int? ManagementPort { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
