using ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Inference.DesiredState;

/// <summary>Keeps the stream to the Gateway for as long as the replica serves. Without the Gateway the replica serves on, and tries again.</summary>
internal sealed class DesiredStateWatcher(
    GatewayStream gateway, BackOff backOff, IHostApplicationLifetime lifetime, ILogger<DesiredStateWatcher> logger) : BackgroundService
{
    private int _failures;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Out of traffic as soon as the process is told to stop, before the server stops taking requests.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await StartedAsync(stopping.Token);
            while (true)
            {
                var reason = await gateway.HoldAsync(Connected, stopping.Token);
                stopping.Token.ThrowIfCancellationRequested();
                Log.Disconnected(logger, reason);
                await backOff.WaitAsync(_failures++, stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    private void Connected(ReplicaReport report)
    {
        _failures = 0;
        Log.Connected(logger, report.InstanceId, report.HttpAddress, report.GrpcAddress);
    }

    /// <summary>Addresses are known once the server listens.</summary>
    private async Task StartedAsync(CancellationToken ct)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(ct);
    }
}
