namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 3: traffic that looks like the history; nothing drifts.</summary>
public static class LiveTrafficStep
{
    /// <summary>Sends the traffic, waits for its outcomes and for the verdict on it.</summary>
    public static async Task RunAsync(JobContext job, long version, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        var started = job.Clock.GetTimestamp();
        var answers = await job.Traffic.SendAsync("same", job.Sample.Same, ct);
        var seconds = job.Clock.GetElapsedTime(started).TotalSeconds;
        await job.Labels.FlushAsync(ct);

        var latencies = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        evidence["requests"] = answers.Count;
        evidence["requests_per_second"] = Math.Round(answers.Count / seconds);
        evidence["p50_ms"] = Math.Round(latencies[latencies.Length / 2], 2);
        evidence["p99_ms"] = Math.Round(latencies[latencies.Length * 99 / 100], 2);
        JobContext.Require(answers.Count == job.Sample.Same.Length, $"{job.Traffic.Failures.Count} requests failed: {job.Traffic.Failures.FirstOrDefault()}");
        JobContext.Require(answers.All(answer => answer.Version == version), $"another version than {version} answered");

        var windows = (await job.WaitForWindowsAsync(version, ct)).Where(window => window.GetProperty("features").GetArrayLength() > 0).ToArray();
        evidence["windows"] = windows.Length;
        evidence["drifted_columns"] = string.Join(',', windows.SelectMany(DriftStep.DriftedFeatures).Distinct());
        JobContext.Require(windows.Length > 0, "no window was assessed");
        JobContext.Require(evidence["drifted_columns"] is "", "traffic like the history was found to drift");
    }
}
