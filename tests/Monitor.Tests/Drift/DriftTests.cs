using System.Text.Json;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Monitor.Tests.Support;
using ModelOps.Statistics.Profiles;
using ModelOps.Testing;

namespace ModelOps.Monitor.Tests.Drift;

[Collection(MonitorFixture.Name)]
public sealed class DriftTests(MonitorFixture fixture)
{
    private const int WindowRows = 600;
    private static readonly string[] Kinds = ["online", "shop", "travel"];

    private readonly MonitorHost _host = fixture.Host;
    private readonly Random _random = new(11);
    private int _next;

    [Fact]
    public async Task A_shifted_window_raises_one_alert_until_a_window_like_the_reference_resolves_it()
    {
        await WatchAsync("drifting");

        Assert.False((await AssessAsync("drifting", shifted: false)).Drifted);
        var drifted = await AssessAsync("drifting", shifted: true);
        await AssessAsync("drifting", shifted: true);
        var open = await AlertsAsync("drifting");
        await AssessAsync("drifting", shifted: false);
        await AssessAsync("drifting", shifted: true);
        var alerts = await AlertsAsync("drifting");

        Assert.Equal(["amount", "kind"], drifted.Features.Where(feature => feature.Drifted).Select(feature => feature.Feature).Order());
        Assert.Equal(["wasserstein_normed", "wasserstein_normed", "jensen_shannon"], drifted.Features.Select(feature => feature.Test));
        Assert.Equal(0.1, drifted.Features.Single(feature => feature.Feature == "age").MissingShare, 0.05);
        Assert.Equal(("data_drift", "warning", drifted.WindowId), (open.Single().Rule, open.Single().Severity, open.Single().WindowId));
        Assert.Null(open.Single().ResolveTime);
        Assert.Equal([false, true], alerts.Select(alert => alert.ResolveTime is not null));
        Assert.Equal(
            ["AlertRaised", "DriftDetected", "DriftDetected", "AlertResolved", "AlertRaised", "DriftDetected"],
            (await EventsAsync("drifting")).Select(sent => sent.Type.Split(',')[0].Split('.')[^1]));
        var detected = JsonSerializer.Deserialize<JsonElement>((await EventsAsync("drifting"))[1].Body);
        Assert.Contains(drifted.WindowId, detected.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("[\"amount\",\"kind\"]", detected.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_waits_while_the_registry_is_away()
    {
        await WatchAsync("patient");
        fixture.Registry.Away = true;
        await PublishAsync("patient", shifted: true);
        await _host.StoredAsync("patient", WindowRows);
        await Poll.UntilAsync("the window was tried", async _ => (await _host.QueryAsync<bool>(
            "select assess_after > '-infinity' from monitor.windows where model = 'patient'")).Single());
        var waiting = (await _host.WindowsAsync("patient")).Single();
        fixture.Registry.Away = false;

        await AssessedAsync("patient", 1);

        Assert.Equal(WindowState.Closed, waiting.State);
        Assert.True((await _host.WindowsAsync("patient")).Single().Drifted);
    }

    [Fact]
    public async Task A_version_without_a_profile_is_said_to_have_none()
    {
        await _host.SetPolicyAsync(new() { Model = "unprofiled", WindowRows = WindowRows });

        await PublishAsync("unprofiled", shifted: true);
        await AssessedAsync("unprofiled", 1);

        var window = (await _host.WindowsAsync("unprofiled")).Single();
        Assert.Equal(("the version has no reference profile", false), (window.Reason, window.Drifted));
        Assert.Empty(await AlertsAsync("unprofiled"));
    }

    [Fact]
    public async Task Gauges_show_the_last_window_of_each_version()
    {
        using var http = _host.CreateHttp();
        await WatchAsync("gauged");

        await AssessAsync("gauged", shifted: true);
        await _host.LabelAsync((Records.Id("gauged", 0), 1), (Records.Id("gauged", 1), 0));

        const string labels = "environment=\"production\",model_name=\"gauged\",model_version=\"1\"";
        await Poll.UntilAsync("the gauges are there", async ct =>
        {
            var lines = (await http.GetStringAsync("/metrics", ct)).Split('\n');
            return lines.Any(line => line.StartsWith("model_drift_score{", StringComparison.Ordinal) && line.Contains("feature=\"amount\"", StringComparison.Ordinal) && line.Contains("model_name=\"gauged\"", StringComparison.Ordinal))
                && lines.Any(line => line.StartsWith("model_accuracy{", StringComparison.Ordinal) && line.Contains(labels, StringComparison.Ordinal) && line.EndsWith(" 0.5", StringComparison.Ordinal))
                && lines.Any(line => line.StartsWith("modelops_monitor_window_drifted{", StringComparison.Ordinal) && line.Contains(labels, StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
        });
    }

    /// <summary>A reference of 2,000 rows, and windows that are assessed as soon as they are full.</summary>
    private async Task WatchAsync(string model)
    {
        var rows = Enumerable.Range(0, 2_000).Select(_ => Row(shifted: false)).ToList();
        fixture.Registry.Add(model, 1, ReferenceProfile.Build([
            new NumericProfileColumn("amount", [.. rows.Select(row => row.Amount)]),
            new NumericProfileColumn("age", [.. rows.Select(row => row.Age ?? double.NaN)]),
            new CategoricalProfileColumn("kind", [.. rows.Select(row => row.Kind)]),
        ]));
        await _host.SetPolicyAsync(new() { Model = model, WindowRows = WindowRows, MinimumRows = WindowRows });
    }

    private (double Amount, double? Age, string Kind) Row(bool shifted) => (
        (_random.NextDouble() * 100) + (shifted ? 30 : 0),
        _random.Next(10) == 0 ? null : _random.NextDouble() * 50,
        Kinds[shifted && _random.Next(2) == 0 ? 2 : _random.Next(3)]);

    private async Task<Window> AssessAsync(string model, bool shifted)
    {
        await PublishAsync(model, shifted);
        await AssessedAsync(model, _next / WindowRows);
        return (await _host.WindowsAsync(model))[0];
    }

    private async Task PublishAsync(string model, bool shifted)
    {
        var records = Records.Many(model, WindowRows, first: _next);
        _next += WindowRows;
        foreach (var record in records)
        {
            var (amount, age, kind) = Row(shifted);
            record.With("amount", Records.Number(amount)).With("kind", Records.Text(kind)).With("unprofiled", Records.Number(1));
            if (age is not null)
            {
                record.With("age", Records.Number(age.Value));
            }
        }
        foreach (var batch in records.Chunk(250))
        {
            await fixture.Publisher.PublishAsync(batch);
        }
    }

    private Task AssessedAsync(string model, int count) => Poll.UntilAsync(
        $"{count} windows of {model} are assessed",
        async _ => await _host.WindowsAsync(model) is var windows && windows.Count == count && windows.All(window => window.State == WindowState.Assessed),
        TimeSpan.FromSeconds(60));

    private async Task<IReadOnlyList<Alert>> AlertsAsync(string model) =>
        (await _host.Client.ListAlertsAsync(new() { Model = model }, MonitorHost.Headers, MonitorHost.Deadline)).Alerts;

    private Task<IReadOnlyList<(string Type, string Body)>> EventsAsync(string model) => _host.QueryAsync<(string, string)>(
        "select type, body::text from public.sent where aggregate = @aggregate order by sequence", new { aggregate = $"model/default/{model}" });
}
