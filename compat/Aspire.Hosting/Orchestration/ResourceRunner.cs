using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// The life of one resource, or of one of its replicas: it waits for what it needs, starts, is watched, starts again with
/// back-off when it crashes, and stops when told to.
/// </summary>
internal sealed class ResourceRunner(IResource resource, string id, int replica, IWorkload workload, OrchestrationServices services) : IAsyncDisposable
{
    /// <summary>Something that crashes this often without ever having been healthy is not going to get better.</summary>
    private const int MaxStillbirths = 3;

    private readonly ILogger _logger = services.LoggerFactory.CreateLogger<ResourceRunner>();
    private readonly SemaphoreSlim _commands = new(1, 1);
    private CancellationTokenSource _life = new();
    private CancellationToken _patience;
    private Task _loop = Task.CompletedTask;

    public IResource Resource => resource;

    public string Id => id;

    public bool IsActive => !_loop.IsCompleted;

    /// <summary>Begins the life; waits for nothing.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await _commands.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!IsActive)
            {
                _life.Dispose();
                _life = new();
                _loop = LiveAsync(_life.Token);
            }
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>Ends the life in an orderly way.</summary>
    /// <param name="ct">Cancelled when there is no more patience.</param>
    public async Task StopAsync(CancellationToken ct)
    {
        await _commands.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _patience = ct;
            await _life.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
        }
        finally
        {
            _commands.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _life.Dispose();
        _commands.Dispose();
    }

    public Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => services.Notifications.PublishUpdateAsync(resource, id, change);

    public Task PublishStateAsync(string state, string? style = null) => PublishAsync(now => now with { State = new(state, style) });

    /// <summary>Says why the resource does not run.</summary>
    public async Task FailAsync(string reason)
    {
        // Servers name themselves in what they say; here everything is about this resource anyway.
        var line = reason.ReplaceLineEndings(" ");
        line = line.StartsWith($"{id}: ", StringComparison.Ordinal) ? line[(id.Length + 2)..] : line;
        services.Loggers.Append(id, line, isError: true);
        OrchestrationLog.FailedToStart(_logger, id, line);
        await PublishAsync(now => (now with
        {
            State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
            HealthReports = [],
        }).WithReason(line)).ConfigureAwait(false);
    }

    private async Task LiveAsync(CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await WaitAsync(stopping).ConfigureAwait(false);
            await services.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services.Services), stopping).ConfigureAwait(false);
            await RunAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await StoppedAsync(KnownResourceStates.Exited, null).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CannotStartException or DistributedApplicationException or InvalidOperationException)
        {
            await FailAsync(e.Message).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await FailAsync($"{e.GetType().Name}: {e.Message}").ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        if (resource.HasAnnotationOfType<WaitAnnotation>() || resource is IResourceWithParent)
        {
            await PublishAsync(now => (now with { State = new(KnownResourceStates.Waiting, null) }).WithReason(null)).ConfigureAwait(false);
            await services.Notifications.WaitForDependenciesAsync(resource, stopping).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var backoff = new Backoff();
        var stillbirths = 0;
        while (true)
        {
            var start = services.Clock.GetTimestamp();
            var (exitCode, wasHealthy) = await RunOnceAsync(stopping).ConfigureAwait(false);
            if (!workload.RestartsAfter(exitCode))
            {
                await StoppedAsync(exitCode == 0 ? KnownResourceStates.Finished : KnownResourceStates.Exited, exitCode).ConfigureAwait(false);
                return;
            }

            stillbirths = wasHealthy ? 0 : stillbirths + 1;
            if (stillbirths == MaxStillbirths)
            {
                var last = services.Loggers.LastError(id);
                throw new CannotStartException($"it ended {MaxStillbirths} times with exit code {exitCode} without ever being healthy{(last is null ? "" : $"; it said: {last}")}");
            }

            await PauseAsync(exitCode, backoff.Next(services.Clock.GetElapsedTime(start)), stopping).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(int exitCode, TimeSpan delay, CancellationToken stopping)
    {
        OrchestrationLog.Restarting(_logger, id, exitCode, delay);
        await PublishAsync(now => (now with
        {
            State = new(Snapshots.Restarting, KnownResourceStateStyles.Warn),
            ExitCode = exitCode,
            HealthReports = [],
        }).WithReason($"it ended with exit code {exitCode}")).ConfigureAwait(false);
        await Task.Delay(delay, services.Clock, stopping).ConfigureAwait(false);
    }

    private async Task<(int ExitCode, bool WasHealthy)> RunOnceAsync(CancellationToken stopping)
    {
        await PublishStateAsync(KnownResourceStates.Starting).ConfigureAwait(false);
        var running = await workload.StartAsync(line => services.Loggers.Append(id, line.Text, line.IsError), stopping).ConfigureAwait(false);
        await PublishRunningAsync(running, stopping).ConfigureAwait(false);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var health = new HealthMonitor(resource, id, replica, services).WatchAsync(watching.Token);
        try
        {
            var exitCode = await running.Exited.WaitAsync(stopping).ConfigureAwait(false);
            await watching.CancelAsync().ConfigureAwait(false);
            return (exitCode, await health.ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await health.ConfigureAwait(false);
            await PublishStateAsync(KnownResourceStates.Stopping).ConfigureAwait(false);
            await running.StopAsync(_patience).ConfigureAwait(false);
            throw;
        }
    }

    private async Task PublishRunningAsync(IRunning running, CancellationToken ct)
    {
        var urls = await ResourceValues.UrlsAsync(resource, services, ct).ConfigureAwait(false);
        var now = services.Clock.GetUtcNow().UtcDateTime;
        var checks = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => new HealthReportSnapshot(check.Key, null, null, null));
        await PublishAsync(before => (before with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = now,
            StopTimeStamp = null,
            ExitCode = null,
            HealthReports = [.. checks],
            Urls = [.. urls],
            EnvironmentVariables = [.. running.Environment.Select(pair => new EnvironmentVariableSnapshot(pair.Key, pair.Value, IsFromSpec: true))],
            Properties = [.. before.Properties.Where(property => property.Name != "pid"), .. running.ProcessId is { } pid ? [new("pid", pid)] : Array.Empty<ResourcePropertySnapshot>()],
        }).WithReason(null)).ConfigureAwait(false);
    }

    private async Task StoppedAsync(string state, int? exitCode)
    {
        await PublishAsync(now => now with
        {
            State = new(state, null),
            ExitCode = exitCode,
            StopTimeStamp = services.Clock.GetUtcNow().UtcDateTime,
            HealthReports = [],
        }).ConfigureAwait(false);
        if (services.Notifications.TryGetCurrentState(id, out var stopped))
        {
            await services.Eventing.PublishAsync(new ResourceStoppedEvent(resource, services.Services, stopped), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
