using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>What a resource does when it runs.</summary>
internal interface IWorkload
{
    /// <summary>Whether it is started again when it ends with this exit code.</summary>
    bool RestartsAfter(int exitCode);

    /// <summary>Starts it.</summary>
    /// <exception cref="CannotStartException">It cannot; the message says why in one line.</exception>
    Task<IRunning> StartAsync(Action<OutputLine> onOutput, CancellationToken ct);
}

/// <summary>A workload that was started.</summary>
internal interface IRunning
{
    /// <summary>Completes with the exit code when it ends by itself.</summary>
    Task<int> Exited { get; }

    /// <summary>The process to show, if there is one.</summary>
    int? ProcessId { get; }

    /// <summary>The variables it was given.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    Task StopAsync(CancellationToken ct);
}
