using System.Text.Json;
using Grpc.Core;
using ModelOps.Monitor.Drift;
using ModelOps.Monitor.Quality;
using ModelOps.Monitor.Windows;
using Polly;

namespace ModelOps.Monitor.Watch;

/// <summary>One turn of following windows: closes what is due, assesses what is closed, judges what got labels.</summary>
internal sealed partial class WindowTurn(
    WindowStore windows, WindowAssessor assessor, FindingStore findings, QualityStore quality, ILogger<WindowTurn> logger)
{
    /// <param name="now">When.</param>
    /// <param name="options">How much of it.</param>
    /// <param name="ct">Ends the turn.</param>
    public async Task RunAsync(DateTimeOffset now, WatchOptions options, CancellationToken ct)
    {
        await windows.CloseDueAsync(now.UtcDateTime, ct);
        for (var i = 0; i < options.MaxPerTurn && await findings.NextAsync(now.UtcDateTime, ct) is { } window; i++)
        {
            await AssessAsync(window, now, options, ct);
        }
        await quality.RefreshOldestAsync(options.MaxPerTurn, ct);
    }

    private async Task AssessAsync(WindowRow window, DateTimeOffset now, WatchOptions options, CancellationToken ct)
    {
        try
        {
            var finding = await FindAsync(window, ct);
            if (await findings.ConcludeAsync(window, finding, now, ct))
            {
                Log.Assessed(logger, window.WindowId, window.Model, window.Version, window.Rows, finding.Drifted, finding.Reason);
            }
        }
        catch (Exception e) when (e is RpcException or ExecutionRejectedException && !ct.IsCancellationRequested)
        {
            Log.Postponed(logger, window.WindowId, window.Model, options.RetryAfter, e.Message);
            await findings.PostponeAsync(window.WindowId, (now + options.RetryAfter).UtcDateTime, ct);
        }
    }

    private async Task<Finding> FindAsync(WindowRow window, CancellationToken ct)
    {
        try
        {
            return await assessor.AssessAsync(window, ct);
        }
        catch (Exception e) when (e is ArgumentException or ArithmeticException or FormatException or IndexOutOfRangeException or JsonException or KeyNotFoundException)
        {
            // A fault of ours that this window brings out, today and tomorrow: the ones behind it are looked at.
            Log.Unassessable(logger, window.WindowId, window.Model, e);
            return Finding.None($"the assessment failed: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2021, EventName = "WindowAssessed", Level = LogLevel.Information, Message = "Window {Window} of {Model} version {Version} with {Rows} predictions was assessed; drifted: {Drifted} {Reason}")]
        public static partial void Assessed(ILogger logger, Guid window, string model, long version, long rows, bool drifted, string reason);

        [LoggerMessage(EventId = 2022, EventName = "WindowPostponed", Level = LogLevel.Warning, Message = "Window {Window} of {Model} waits {Pause} for the Registry: {Reason}")]
        public static partial void Postponed(ILogger logger, Guid window, string model, TimeSpan pause, string reason);

        [LoggerMessage(EventId = 2026, EventName = "WindowUnassessable", Level = LogLevel.Error, Message = "Window {Window} of {Model} cannot be assessed")]
        public static partial void Unassessable(ILogger logger, Guid window, string model, Exception exception);
    }
}
