using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ModelOps.Serving;

/// <summary>
/// Writes a serving configuration in its one canonical form: members in the order of the documentation, those that have their default
/// left out, so that an older reader is not shown what nobody asked for. Equal configurations give equal bytes.
/// </summary>
public static class ServingConfigurationWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8; <c>{}</c> for the default.</summary>
    public static byte[] Write(ServingConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            Section(json, "batching", section => Batching(section, configuration.Batching));
            Section(json, "instances", section => Instances(section, configuration.Instances));
            Section(json, "execution", section => Execution(section, configuration.Execution));
            Section(json, "warm_up", section => WarmUp(section, configuration.WarmUp));
            Section(json, "response_cache", section => section.Flag("enabled", configuration.ResponseCache.Enabled, false));
            Section(json, "prediction_log", section => PredictionLog(section, configuration.PredictionLog));
            Section(json, "missing_features", section => MissingFeatures(section, configuration.MissingFeatures));
            GraphWriter.Write(json, configuration.Graph);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Section(Utf8JsonWriter json, string name, Action<ServingSection> write)
    {
        var section = new ServingSection(json, name);
        write(section);
        section.End();
    }

    private static void Batching(ServingSection section, BatchingConfiguration batching)
    {
        var standard = new BatchingConfiguration();
        section.Flag("enabled", batching.Enabled, null);
        section.Whole("max_batch_size", batching.MaxBatchSize, standard.MaxBatchSize);
        section.Whole("max_queue_delay_microseconds", batching.MaxQueueDelayMicroseconds, standard.MaxQueueDelayMicroseconds);
        section.Wholes("preferred_batch_sizes", [.. batching.PreferredBatchSizes]);
        section.Whole("max_queue_size", batching.MaxQueueSize, null);
        section.Whole("queue_timeout_microseconds", batching.QueueTimeoutMicroseconds, standard.QueueTimeoutMicroseconds);
        section.Choice("timeout_action", batching.TimeoutAction, standard.TimeoutAction);
        section.Flag("allow_timeout_override", batching.AllowTimeoutOverride, standard.AllowTimeoutOverride);
        section.Whole("priority_levels", batching.PriorityLevels, standard.PriorityLevels);
        section.Whole("default_priority_level", batching.DefaultPriorityLevel, standard.DefaultPriorityLevel);
    }

    private static void Instances(ServingSection section, InstancesConfiguration instances)
    {
        section.Whole("count", instances.Count, null);
        section.Choice("sessions", instances.Sessions, SessionSharing.Auto);
    }

    private static void Execution(ServingSection section, ExecutionConfiguration execution)
    {
        var standard = new ExecutionConfiguration();
        section.Texts("providers", execution.Providers ?? []);
        section.Whole("intra_op_threads", execution.IntraOpThreads, null);
        section.Whole("inter_op_threads", execution.InterOpThreads, standard.InterOpThreads);
        section.Flag("memory_arena", execution.MemoryArena, standard.MemoryArena);
        section.Flag("shrink_arena", execution.ShrinkArena, standard.ShrinkArena);
        section.Whole("device_memory_bytes", execution.DeviceMemoryBytes, null);
        section.Flag("cuda_graphs", execution.CudaGraphs, standard.CudaGraphs);
        section.Flag("fp16", execution.Fp16, standard.Fp16);
        section.Flag("cache_optimized_model", execution.CacheOptimizedModel, standard.CacheOptimizedModel);
    }

    private static void WarmUp(ServingSection section, WarmUpConfiguration warmUp)
    {
        section.Wholes("batch_sizes", [.. warmUp.BatchSizes]);
        section.Map("shapes", warmUp.Shapes, ServingSection.WriteWholes);
    }

    private static void PredictionLog(ServingSection section, PredictionLogConfiguration log)
    {
        section.Number("sample_rate", log.SampleRate, new PredictionLogConfiguration().SampleRate);
        section.Texts("redacted_features", log.RedactedFeatures);
        section.Texts("redacted_entities", log.RedactedEntities);
    }

    private static void MissingFeatures(ServingSection section, MissingFeaturesConfiguration missing)
    {
        section.Choice("policy", missing.Policy, MissingFeaturePolicy.Reject);
        section.Map("defaults", missing.Defaults, ServingSection.WriteScalar);
    }
}
