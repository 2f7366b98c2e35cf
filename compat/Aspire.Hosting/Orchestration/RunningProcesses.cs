using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>One or several processes that belong together: when one ends, all do.</summary>
internal sealed class RunningProcesses : IRunning
{
    private readonly IReadOnlyList<SupervisedProcess> _processes;

    private RunningProcesses(IReadOnlyList<SupervisedProcess> processes, IReadOnlyDictionary<string, string> environment)
    {
        _processes = processes;
        Environment = environment;
        Exited = AnyExitedAsync();
    }

    public Task<int> Exited { get; }

    public int? ProcessId => _processes[^1].Id;

    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Starts processes in order; if one cannot start, those before it are stopped.</summary>
    public static async Task<IRunning> StartAsync(
        ProcessSupervisor supervisor, IReadOnlyList<ProcessSpec> specs, Action<OutputLine> onOutput, CancellationToken ct)
    {
        var started = new List<SupervisedProcess>(specs.Count);
        try
        {
            foreach (var spec in specs)
            {
                started.Add(await supervisor.StartAsync(spec, onOutput, ct).ConfigureAwait(false));
            }

            return new RunningProcesses(started, specs[^1].Environment);
        }
        catch
        {
            await StopAllAsync(started, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public Task StopAsync(CancellationToken ct) => StopAllAsync(_processes, ct);

    private static async Task StopAllAsync(IEnumerable<SupervisedProcess> processes, CancellationToken ct)
    {
        foreach (var process in processes.Reverse())
        {
            await process.StopAsync(ct).ConfigureAwait(false);
        }
    }

    private async Task<int> AnyExitedAsync()
    {
        var first = await Task.WhenAny(_processes.Select(process => process.Exited)).ConfigureAwait(false);
        await StopAllAsync(_processes, CancellationToken.None).ConfigureAwait(false);
        return await first.ConfigureAwait(false);
    }
}
