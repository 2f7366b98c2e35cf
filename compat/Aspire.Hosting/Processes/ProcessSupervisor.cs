using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>
/// Starts processes that do not outlive this one: not when it stops, not when it crashes, not when it or the
/// <c>dotnet run</c> above it is killed. A guard at the other end of a pipe sees to that, and the supervisor to the guard.
/// </summary>
internal sealed class ProcessSupervisor : IAsyncDisposable
{
    private const string MarkName = "ASPIRE_HOST_RUN";
    private const int MostGuards = 20;

    private static readonly TimeSpan ParentInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GuardGrace = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<int, SupervisedProcess> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly string _mark = $"{MarkName}={Guid.CreateVersion7():N}";
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Task _background;
    private Guard _guard;
    private bool _disposed;
    private bool _abandoned;

    private ProcessSupervisor(TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        _guard = Guard.Start(_mark, _logger);
        _background = Task.WhenAll(KeepGuardedAsync(), FollowParentAsync());
    }

    /// <summary>The guard's process id, for the tests that kill it.</summary>
    internal int GuardId => _guard.Id;

    public static Task<ProcessSupervisor> StartAsync(TimeProvider clock, ILoggerFactory loggers, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(new ProcessSupervisor(clock, loggers.CreateLogger<ProcessSupervisor>()));
    }

    /// <summary>Starts a process in a session and group of its own.</summary>
    /// <param name="spec">What to start.</param>
    /// <param name="onOutput">Takes each line the process writes; called from two threads at a time at most.</param>
    /// <param name="ct">Checked before the start; a started process is stopped by <see cref="SupervisedProcess.StopAsync"/>.</param>
    /// <exception cref="CannotStartException">The program or its working folder is missing.</exception>
    public Task<SupervisedProcess> StartAsync(ProcessSpec spec, Action<OutputLine> onOutput, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var start = Launch.Describe(spec, _mark);
        SupervisedProcess process;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_abandoned)
            {
                throw new CannotStartException("the application is ending");
            }
            process = new(Launch.Start(start, spec), spec, onOutput, _clock, _logger);
            _running[process.Id] = process;
            _guard.Tell(Added(process));
        }
        Log.Started(_logger, spec.Name, process.Id);
        _ = ForgetWhenGoneAsync(process);
        return Task.FromResult(process);
    }

    /// <summary>Stops what still runs, then lets the guard look for anything left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
        }
        await Task.WhenAll(_running.Values.Select(process => process.StopAsync(CancellationToken.None)));
        await _stopping.CancelAsync();
        _guard.Release();
        await Task.WhenAny(_guard.Exited, Task.Delay(GuardGrace, _clock, CancellationToken.None));
        await _background;
        _guard.Dispose();
        _stopping.Dispose();
    }

    private static string Added(SupervisedProcess process) =>
        $"add {process.Id} {process.Spec.StopSignal} {process.Spec.UrgentSignal ?? 0} {process.Spec.OwnFolder}";

    private async Task ForgetWhenGoneAsync(SupervisedProcess process)
    {
        await process.Exited;
        lock (_gate)
        {
            if (_running.TryRemove(new(process.Id, process)))
            {
                _guard.Tell($"gone {process.Id}");
            }
        }
    }

    /// <summary>Replaces a guard that was killed; if that cannot be done, nothing may go on running.</summary>
    private async Task KeepGuardedAsync()
    {
        try
        {
            for (var started = 1; ; started++)
            {
                await _guard.Exited.WaitAsync(_stopping.Token);
                _stopping.Token.ThrowIfCancellationRequested();
                Log.SupervisorLost(_logger);
                if (started == MostGuards)
                {
                    throw new CannotStartException($"it was killed {MostGuards} times");
                }
                lock (_gate)
                {
                    _guard.Dispose();
                    _guard = Guard.Start(_mark, _logger);
                    foreach (var process in _running.Values)
                    {
                        _guard.Tell(Added(process));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            Log.Unguarded(_logger, e);
            lock (_gate)
            {
                _abandoned = true;
            }
            await Task.WhenAll(_running.Values.Select(process => process.StopAsync(CancellationToken.None)));
        }
    }

    /// <summary>When the <c>dotnet run</c> above is gone, the guard ends the processes and this one.</summary>
    private async Task FollowParentAsync()
    {
        if (ParentProcess.DotnetRun() is not { } parent)
        {
            return;
        }
        using var timer = new PeriodicTimer(ParentInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (ParentProcess.Id() != parent)
                {
                    Log.ParentGone(_logger);
                    lock (_gate)
                    {
                        _abandoned = true;
                        _guard.Tell($"host {Environment.ProcessId}");
                        _guard.Release();
                    }
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }
}
