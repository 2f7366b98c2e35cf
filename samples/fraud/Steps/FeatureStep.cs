namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 1: the feature definitions, and a month of history.</summary>
public static class FeatureStep
{
    private static readonly string[] Views = ["user_history", "transactions"];

    /// <summary>Applies the definitions and materializes every view.</summary>
    public static async Task RunAsync(JobContext job, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        await job.Gateway.ApplyFeaturesAsync(job.Sample.Features, ct);
        var now = job.Clock.GetUtcNow();
        foreach (var view in Views)
        {
            await using var csv = HistoryLoader.ToCsv(job.Sample.Train, job.Model, now);
            var done = await job.Gateway.MaterializeAsync(view, csv, ct);
            var stored = done.GetProperty("stored").GetInt64();
            JobContext.Require(stored == job.Sample.Train.Length, $"{view}: {stored} of {job.Sample.Train.Length} rows were stored");
            evidence[$"{view}_rows"] = stored;
            evidence[$"{view}_sha256"] = done.GetProperty("sha256").GetString()!;
        }
    }
}
