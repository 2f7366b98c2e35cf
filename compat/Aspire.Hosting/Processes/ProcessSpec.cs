namespace Aspire.Hosting.Processes;

/// <summary>What to start, as whom, and how to ask it to stop.</summary>
internal sealed record ProcessSpec
{
    /// <summary>The resource's name, for logs.</summary>
    public required string Name { get; init; }

    /// <summary>A path, or a name to look up in PATH.</summary>
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Added to the inherited environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public required string WorkingDirectory { get; init; }

    /// <summary>The user to run as when the host is root; ignored otherwise.</summary>
    public string? User { get; init; }

    /// <summary>Asks for an orderly stop.</summary>
    public int StopSignal { get; init; } = Signals.Terminate;

    /// <summary>Sent before SIGKILL to a process that knows a quicker way to stop (PostgreSQL's immediate shutdown).</summary>
    public int? UrgentSignal { get; init; }

    /// <summary>How long an orderly stop may take.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A folder in which nobody but this process and its descendants works. Whatever still runs there when the
    /// application ends is ended too: PostgreSQL's backends leave the process group and overwrite their environment,
    /// so nothing else tells that they belong to it once their parent is dead.
    /// </summary>
    public string? OwnFolder { get; init; }

    /// <summary>Locked while the process or a descendant of it lives, so that no two servers ever share a data folder.</summary>
    public string? LockFile { get; init; }
}
