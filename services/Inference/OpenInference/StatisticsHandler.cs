using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.ServiceDefaults.Errors;
using Wire = ModelOps.Contracts.OpenInference;

namespace ModelOps.Inference.OpenInference;

/// <summary>Answers what versions have done since they were loaded.</summary>
internal sealed class StatisticsHandler(ModelCatalog catalog)
{
    /// <summary>The statistics of one version, of a model's ready ones, or of all ready ones.</summary>
    /// <param name="model">Name of the model; empty for all.</param>
    /// <param name="version">The version; empty for all.</param>
    public Outcome<ModelStatisticsResponse> Read(string model, string version)
    {
        var response = new ModelStatisticsResponse();
        if (model.Length == 0)
        {
            response.ModelStats.AddRange(catalog.Now.Models.OrderBy(served => served.Key.Model, StringComparer.Ordinal).SelectMany(served => Ready(served.Value)).Select(Describe));
            return version.Length == 0 ? response : Refusal.Invalid("name", "must not be empty where a version is asked for");
        }
        var found = catalog.Acquire(model, version);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }
        using var lease = found.Value;
        response.ModelStats.AddRange(version.Length > 0 ? [Describe(lease.Model)] : Ready(catalog.Versions(model)).Select(Describe));
        return response;
    }

    private static IEnumerable<LoadedModel> Ready(ServedModel? model) =>
        model is null ? [] : model.Versions.OrderBy(version => version.Key).Select(version => version.Value.Loaded).OfType<LoadedModel>();

    private static Wire.ModelStatistics Describe(LoadedModel model)
    {
        var counts = model.Statistics.Snapshot();
        var statistics = new Wire.ModelStatistics
        {
            Name = model.Key.Model,
            Version = model.Version,
            LastInference = (ulong)counts.LastInference,
            InferenceCount = (ulong)counts.Inferences,
            ExecutionCount = (ulong)counts.Executions,
            InferenceStats = new()
            {
                Success = Duration(counts.Success),
                Fail = Duration(new(counts.Failures.Sum(failure => failure.Count), counts.Failures.Sum(failure => failure.Nanoseconds))),
                Queue = Duration(counts.Queue),
                ComputeInput = Duration(counts.ComputeInput),
                ComputeInfer = Duration(counts.ComputeInfer),
                ComputeOutput = Duration(counts.ComputeOutput),
                CacheHit = Duration(counts.CacheHit),
                CacheMiss = Duration(counts.CacheMiss),
            },
        };
        statistics.BatchStats.AddRange(counts.Batches.Select(batch => new InferBatchStatistics
        {
            BatchSize = (ulong)batch.Size,
            ComputeInput = Duration(batch.Input),
            ComputeInfer = Duration(batch.Infer),
            ComputeOutput = Duration(batch.Output),
        }));
        return statistics;
    }

    private static StatisticDuration Duration(DurationSum sum) => new() { Count = (ulong)sum.Count, Ns = (ulong)sum.Nanoseconds };
}
