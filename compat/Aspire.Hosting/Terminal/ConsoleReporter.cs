using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Terminal;

/// <summary>Shows what resources say and what state they are in: as a table that stays, or, without a terminal, a line a change.</summary>
internal sealed class ConsoleReporter(
    ConsoleOutput output, ResourceLoggerService loggers, ResourceNotificationService notifications, IHostApplicationLifetime lifetime, ILogger<ConsoleReporter> logger)
    : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        loggers.Written += OnWritten;
        lifetime.ApplicationStarted.Register(() => OrchestrationLog.Started(logger));
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        loggers.Written -= OnWritten;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await (output.IsLive ? new LiveTable(output, notifications).ShowAsync(stoppingToken) : WriteChangesAsync(stoppingToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void OnWritten(string name, LogLine line) => output.WriteLine(name, line.Content, line.IsErrorMessage);

    private async Task WriteChangesAsync(CancellationToken ct)
    {
        var said = new Dictionary<string, string>();
        await foreach (var change in notifications.WatchAsync(ct).ConfigureAwait(false))
        {
            var now = ResourceText.Line(change.Snapshot);
            if (said.GetValueOrDefault(change.ResourceId) != now)
            {
                said[change.ResourceId] = now;
                output.WriteLine(ConsoleLoggerProvider.Name, $"{change.ResourceId}: {now}");
            }
        }
    }
}
