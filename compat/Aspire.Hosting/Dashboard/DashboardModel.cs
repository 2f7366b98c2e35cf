using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Terminal;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the page shows and does.</summary>
internal sealed class DashboardModel(
    ResourceNotificationService notifications, ResourceLoggerService loggers, ResourceCommandService commands, SecretValues secrets, TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    public bool Exists(string id) => notifications.TryGetCurrentState(id, out _);

    /// <summary>All resources now, and again whenever something changed.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ResourceView>> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var resources = new SortedDictionary<string, ResourceView>(StringComparer.Ordinal);
        await using var changes = notifications.WatchAsync(ct).GetAsyncEnumerator(ct);
        var next = changes.MoveNextAsync().AsTask();
        while (await next.ConfigureAwait(false))
        {
            // What changes together is shown together.
            var pause = Task.Delay(Quiet, clock, ct);
            do
            {
                var change = changes.Current;
                resources[change.ResourceId] = await ViewAsync(change, ct).ConfigureAwait(false);
                next = changes.MoveNextAsync().AsTask();
            }
            while (await Task.WhenAny(next, pause).ConfigureAwait(false) == next && await next.ConfigureAwait(false));

            yield return [.. resources.Values];
        }
    }

    /// <summary>What a resource said and says.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogView>> WatchLogsAsync(string id, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var batch in loggers.WatchAsync(id).WithCancellation(ct).ConfigureAwait(false))
        {
            yield return [.. batch.Select(line => new LogView(line.LineNumber, TerminalText.Plain(line.Content), line.IsErrorMessage))];
        }
    }

    /// <summary>Null when it was done, else why not.</summary>
    public async Task<string?> ExecuteAsync(string id, string command, CancellationToken ct)
    {
        var result = await commands.ExecuteCommandAsync(id, command, ct).ConfigureAwait(false);
        return result.Success ? null : result.ErrorMessage ?? "It did not work.";
    }

    private async Task<ResourceView> ViewAsync(ResourceEvent change, CancellationToken ct)
    {
        var now = change.Snapshot;
        var hidden = await secrets.GetAsync(ct).ConfigureAwait(false);
        var runs = change.Resource is ProjectResource or ExecutableResource or ContainerResource && !change.Resource.TryGetRedirect(out _);
        return new(
            change.ResourceId,
            now.ResourceType,
            now.State?.Text ?? "Unknown",
            now.HealthStatus?.ToString(),
            ResourceText.Why(now),
            now.StartTimeStamp,
            now.Properties.FirstOrDefault(property => property.Name == "pid")?.Value as int?,
            runs,
            [.. now.Urls.Where(url => !url.IsInternal).Select(url => new UrlView(url.Name, url.Url, url.DisplayProperties.DisplayName))],
            [.. now.HealthReports.Select(report => new CheckView(report.Name, report.Status?.ToString(), report.Description))],
            [.. now.EnvironmentVariables.OrderBy(variable => variable.Name, StringComparer.Ordinal)
                .Select(variable => hidden.Hides(variable.Name, variable.Value) ? new VariableView(variable.Name, null) : new VariableView(variable.Name, variable.Value))]);
    }
}

internal sealed record ResourceView(
    string Id,
    string Type,
    string State,
    string? Health,
    string? Reason,
    DateTime? Started,
    int? Pid,
    bool Runs,
    IReadOnlyList<UrlView> Urls,
    IReadOnlyList<CheckView> Checks,
    IReadOnlyList<VariableView> Environment);

internal sealed record UrlView(string? Name, string Url, string Text);

internal sealed record CheckView(string Name, string? Status, string? Description);

/// <summary>A variable; one that must not be shown has no value here at all.</summary>
internal sealed record VariableView(string Name, string? Value);

internal sealed record LogView(int Line, string Text, bool IsError);
