using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ModelOps.Samples.Fraud.Steps;

/// <summary>Step 5: an outside client registers a version with flipped labels and claims good metrics; traffic finds it out.</summary>
public static class BadVersionStep
{
    /// <summary>Registers the version and watches it being rolled back.</summary>
    public static async Task RunAsync(JobContext job, IDictionary<string, object> evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(evidence);
        var onnx = FraudModel.TrainFlipped(job.Sample.Train, ct);
        var features = await job.Gateway.GetFeatureServiceAsync("fraud", ct);
        var claims = new JsonObject
        {
            ["algorithm"] = "logistic_regression",
            ["training_data"] = "samples/fraud/data/train.csv, labels flipped",
            ["metrics"] = new JsonObject { ["roc_auc"] = 0.95, ["log_loss"] = 0.04 },
            ["lineage"] = new JsonObject { ["feature_service"] = "fraud", ["feature_service_version"] = features.GetProperty("version").GetInt64() },
        };
        var version = await job.Gateway.RegisterAsync(job.Model, onnx, FraudModel.ProfileOf(job.Sample.Train).ToJson(), claims, ct);
        evidence["version"] = version;
        evidence["model_sha256"] = Convert.ToHexStringLower(SHA256.HashData(onnx));

        var canary = await Canary.WatchAsync(job, "bad", version, job.Sample.Same, ct);
        evidence["outcome"] = canary.State;
        JobContext.Require(canary.State == "rolled_back", $"the rollout ended {canary.State}: {canary.Reason}");
        evidence["reason"] = canary.Reason;
        evidence["exposed_requests"] = canary.Answers.Count(answer => answer.Version == version);
        var breach = canary.Rollout.GetProperty("breach_time").GetDateTimeOffset();
        evidence["breach_to_zero_seconds"] = Math.Round((canary.Rollout.GetProperty("end_time").GetDateTimeOffset() - breach).TotalSeconds, 3);
    }
}
