using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Spectre.Console;

namespace Aspire.Hosting.Terminal;

/// <summary>The table of resources at the foot of the terminal; log lines scroll above it.</summary>
internal sealed class LiveTable(ConsoleOutput output, ResourceNotificationService notifications)
{
    public async Task ShowAsync(CancellationToken ct)
    {
        var resources = new SortedDictionary<string, CustomResourceSnapshot>(StringComparer.Ordinal);
        try
        {
            await foreach (var change in notifications.WatchAsync(ct).ConfigureAwait(false))
            {
                resources[change.ResourceId] = change.Snapshot;
                output.SetFoot(Draw(resources));
            }
        }
        finally
        {
            output.SetFoot(null);
        }
    }

    internal static Table Draw(IReadOnlyDictionary<string, CustomResourceSnapshot> resources)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey).AddColumns("Resource", "State", "URLs");
        foreach (var (name, snapshot) in resources.Where(pair => pair.Value.ResourceType != "Parameter"))
        {
            table.AddRow(
                new Text(name, new Style(ConsoleOutput.ColourOf(name))),
                new Text(ResourceText.State(snapshot), new Style(ColourOf(snapshot))),
                new Text(ResourceText.Why(snapshot) ?? string.Join(' ', snapshot.Urls.Where(url => !url.IsInternal).Select(url => url.Url))));
        }

        return table;
    }

    private static Color ColourOf(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { HealthStatus: HealthStatus.Healthy } => Color.Green,
        { State.Text: "FailedToStart" } => Color.Red,
        { State.Text: "Finished" or "Exited" or "NotStarted" } => Color.Grey,
        _ => Color.Yellow,
    };
}
