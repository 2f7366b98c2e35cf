namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 7: what was sent was answered, and is stored with its outcome; checked by identity.</summary>
public static class NothingLostStep
{
    /// <summary>Compares what the client knows with what the Monitor has.</summary>
    public static async Task RunAsync(JobContext job, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        await job.Labels.FlushAsync(ct);
        var stored = await job.Gateway.ListPredictionsAsync(job.Model, ct);
        var answers = job.Traffic.Answers;
        evidence["sent"] = job.Traffic.Sent;
        evidence["answered"] = answers.Count;
        evidence["stored"] = stored.Count;
        evidence["labels"] = stored.Count(entry => entry.Value is not null);

        JobContext.Require(job.Traffic.Failures.Count == 0, $"{job.Traffic.Failures.Count} requests failed, the first: {job.Traffic.Failures.FirstOrDefault()}");
        JobContext.Require(answers.Count == job.Traffic.Sent, $"{job.Traffic.Sent} requests were sent, {answers.Count} answered");
        JobContext.Require(answers.Keys.All(stored.ContainsKey) && stored.Count == answers.Count, $"{answers.Count} predictions were answered, {stored.Count} are stored");
        JobContext.Require(stored.Values.All(label => label is not null), "a stored prediction has no label");
    }
}
