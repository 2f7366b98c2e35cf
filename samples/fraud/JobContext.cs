using System.Globalization;

namespace ModelOps.Samples.Fraud;

/// <summary>What the steps of a run share.</summary>
/// <param name="Gateway">The door everything goes through.</param>
/// <param name="Traffic">The card network.</param>
/// <param name="Labels">Its late outcomes.</param>
/// <param name="Model">Name of the model in this run.</param>
/// <param name="Sample">The sample's files.</param>
/// <param name="Clock">The time.</param>
public sealed record JobContext(GatewayClient Gateway, LiveTraffic Traffic, LateLabels Labels, string Model, SampleFiles Sample, TimeProvider Clock)
{
    /// <summary>Waits for a version's pipeline run, and for its version to be allowed to take traffic.</summary>
    /// <returns>The version.</returns>
    public async Task<long> WaitForRunAsync(string runId, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var run = await Wait.ForAsync<System.Text.Json.JsonElement>("the end of the pipeline run", TimeSpan.FromMinutes(2), async token =>
        {
            var now = await Gateway.GetRunAsync(runId, token);
            return Is(now, "pending") || Is(now, "running") ? null : now;
        }, ct);
        Require(Is(run, "succeeded"), $"the pipeline run ended {run.GetProperty("state")}: {run.GetProperty("error")}");

        foreach (var stage in run.GetProperty("stages").EnumerateArray())
        {
            foreach (var output in stage.GetProperty("outputs").EnumerateObject().Where(output => Told.Contains(output.Name)))
            {
                var text = output.Value.ToString();
                evidence[output.Name] = double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : text;
            }
        }
        var version = run.GetProperty("version").GetInt64();
        evidence["version"] = version;
        evidence["gates"] = (await Gateway.GetVersionAsync(Model, version, ct)).GetProperty("governance").GetProperty("passed").GetBoolean() ? "passed" : "failed";
        Require(evidence["gates"] is "passed", "the governance gates failed");
        return version;

        static bool Is(System.Text.Json.JsonElement run, string state) => run.GetProperty("state").ValueEquals(state);
    }

    /// <summary>Waits until no window of a version is open, so that what comes next is a window of its own.</summary>
    /// <returns>Its windows, newest first.</returns>
    public async Task<System.Text.Json.JsonElement[]> WaitForWindowsAsync(long version, CancellationToken ct)
    {
        System.Text.Json.JsonElement[] windows = [];
        await Wait.ForAsync<bool>($"every window of version {version} is assessed", TimeSpan.FromMinutes(1), async token =>
        {
            windows = await Gateway.ListWindowsAsync(Model, version, token);
            return windows.All(window => window.GetProperty("state").ValueEquals("assessed")) ? true : null;
        }, ct);
        return windows;
    }

    /// <summary>Ends the step unless something holds.</summary>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private static readonly HashSet<string> Told = ["rows", "positives", "dataset_sha256", "model_sha256", "roc_auc", "log_loss", "champion_roc_auc"];
}
