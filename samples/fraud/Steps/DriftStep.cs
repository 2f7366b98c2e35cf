using System.Text.Json;
using ModelOps.Statistics.Metrics;

namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 6: the world changes; drift is found, a version trained on it takes over by itself.</summary>
public static class DriftStep
{
    /// <summary>The columns that tests/golden/fraud_expected.json names for current_drift.csv.</summary>
    private static readonly string[] Expected =
        ["amount", "card_present", "days_since_last", "hour_of_day", "is_foreign", "merchant_category", "txn_count_24h"];

    private static readonly TimeSpan FoundWithin = TimeSpan.FromMinutes(1);

    /// <summary>Sends drifted traffic and watches what the platform makes of it.</summary>
    public static async Task RunAsync(JobContext job, long champion, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        await job.Labels.FlushAsync(ct);
        await job.WaitForWindowsAsync(champion, ct);
        var runsBefore = (await job.Gateway.ListRunsAsync(job.Model, ct)).Length;
        var traffic = job.Sample.DriftTraffic;
        await job.Traffic.SendAsync("drift", traffic, ct);
        await job.Labels.FlushAsync(ct);

        var window = (await job.WaitForWindowsAsync(champion, ct))[0];
        var drifted = DriftedFeatures(window).Order(StringComparer.Ordinal).ToArray();
        evidence["drifted_columns"] = string.Join(',', drifted);
        evidence["window_rows"] = window.GetProperty("rows").GetInt64();
        JobContext.Require(drifted.SequenceEqual(Expected), $"drifted columns are {string.Join(", ", drifted)}, expected {string.Join(", ", Expected)}");
        var alerts = await job.Gateway.ListAlertsAsync(job.Model, ct);
        JobContext.Require(alerts.Length > 0, "no alert was raised");
        evidence["alert"] = alerts[0].GetProperty("summary").GetString()!;

        var run = await Wait.ForAsync<JsonElement>("retraining starts by itself", FoundWithin, async token =>
        {
            var runs = await job.Gateway.ListRunsAsync(job.Model, token);
            return runs.Length > runsBefore ? runs[0] : null;
        }, ct);
        evidence["trigger"] = run.GetProperty("trigger").GetString()!;
        var version = await job.WaitForRunAsync(run.GetProperty("run_id").GetString()!, evidence, ct);
        var canary = await Canary.WatchAsync(job, "drifted", version, traffic, ct);
        evidence["outcome"] = canary.State;
        JobContext.Require(canary.State == "promoted", $"the rollout ended {canary.State}: {canary.Reason}");

        await CompareAsync(job, champion, version, evidence, ct);
    }

    /// <summary>Features a window found drifted.</summary>
    public static IEnumerable<string> DriftedFeatures(JsonElement window) =>
        window.GetProperty("features").EnumerateArray()
            .Where(feature => feature.GetProperty("drifted").GetBoolean()).Select(feature => feature.GetProperty("feature").GetString()!);

    /// <summary>Judges both versions on the half of the drifted rows that neither saw.</summary>
    private static async Task CompareAsync(JobContext job, long champion, long version, IDictionary<string, object> evidence, CancellationToken ct)
    {
        var rows = job.Sample.DriftHeldOut;
        var before = await ScoreAsync(champion);
        var after = await ScoreAsync(version);
        var comparison = PairedRocAuc.Compare(Array.ConvertAll(rows, row => row.Label), before, after);
        evidence["held_out_auc_before"] = Told(comparison.A);
        evidence["held_out_auc_after"] = Told(comparison.B);
        evidence["held_out_difference"] = Told(comparison.Difference);
        JobContext.Require(comparison.Difference.High >= 0, $"version {version} is worse than {champion} on the held-out half: {Told(comparison.Difference)}");

        static string Told(Estimate estimate) => $"{estimate.Value:0.0000} [{estimate.Low:0.0000}, {estimate.High:0.0000}]";

        async Task<double[]> ScoreAsync(long number)
        {
            using var model = new InProcessModel(await job.Gateway.DownloadAsync(job.Model, number, ct));
            return Array.ConvertAll(model.Predict(rows), score => (double)score);
        }
    }
}
