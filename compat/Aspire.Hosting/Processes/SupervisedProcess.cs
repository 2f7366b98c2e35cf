using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>A running process and its group, which has the process's own id.</summary>
internal sealed class SupervisedProcess
{
    private static readonly TimeSpan UrgentGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal SupervisedProcess(Process process, ProcessSpec spec, Action<OutputLine> onOutput, TimeProvider clock, ILogger logger)
    {
        _process = process;
        _clock = clock;
        _logger = logger;
        Spec = spec;
        Id = process.Id;
        Exited = RunAsync(onOutput);
    }

    public int Id { get; }

    /// <summary>The exit code, once the process and its group have ended and all of its output has been handed on.
    /// A process ended by a signal has 128 plus the signal's number.</summary>
    public Task<int> Exited { get; }

    internal ProcessSpec Spec { get; }

    /// <summary>Asks the group to stop, asks again more urgently if the process knows how, and kills what is left.</summary>
    /// <param name="ct">Cancelled when there is no more patience: the group is then killed at once.</param>
    public async Task StopAsync(CancellationToken ct)
    {
        if (await EndsAsync(Spec.StopSignal, Spec.StopTimeout, ct))
        {
            return;
        }
        if (Spec.UrgentSignal is { } urgent && await EndsAsync(urgent, UrgentGrace, ct))
        {
            return;
        }
        Log.Killed(_logger, Spec.Name, Id);
        Signal(Signals.Kill);
        await Exited;
    }

    private void Signal(int signal)
    {
        // In its first moments the process has not made its group yet.
        if (!Signals.SendToGroup(Id, signal) && !Exited.IsCompleted)
        {
            Signals.SendToProcess(Id, signal);
        }
    }

    private async Task<bool> EndsAsync(int signal, TimeSpan patience, CancellationToken ct)
    {
        if (Exited.IsCompleted)
        {
            return true;
        }
        if (ct.IsCancellationRequested)
        {
            return false;
        }
        Signal(signal);
        try
        {
            await Exited.WaitAsync(patience, _clock, ct);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return Exited.IsCompleted;
        }
    }

    private async Task<int> RunAsync(Action<OutputLine> onOutput)
    {
        await Task.Yield();
        using var drain = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var process = _process;
        _process.StandardInput.Close();
        await using var output = _process.StandardOutput.BaseStream;
        await using var error = _process.StandardError.BaseStream;
        var pumps = Task.WhenAll(
            LinePump.RunAsync(Spec.Name, output, isError: false, onOutput, _logger, drain.Token),
            LinePump.RunAsync(Spec.Name, error, isError: true, onOutput, _logger, drain.Token));

        await _process.WaitForExitAsync(CancellationToken.None);
        Signals.SendToGroup(Id, Signals.Kill); // what the process left behind in its group
        drain.CancelAfter(DrainGrace); // a descendant that left the group may hold the pipes open for ever
        await pumps;
        return _process.ExitCode;
    }
}
