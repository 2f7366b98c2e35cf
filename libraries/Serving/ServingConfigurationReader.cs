using System.Text.Json;
using System.Text.Unicode;

namespace ModelOps.Serving;

/// <summary>
/// Reads a serving configuration: one JSON object of snake_case members, at most 64 KiB of UTF-8. Members it does not know or that
/// come twice are refused, as is every value that breaks a rule of <see cref="ServingConfiguration"/>.
/// </summary>
public static class ServingConfigurationReader
{
    /// <summary>Largest document.</summary>
    public const int MaxBytes = 64 << 10;

    private const int MaxDepth = 8;
    private const int MaxRows = 65_536;
    private const int MaxSizes = 64;
    private const int MaxNames = 256;
    private const int MaxDimensions = 8;
    private const int MaxMicroseconds = 10_000_000;
    private const long MaxTimeoutMicroseconds = 86_400_000_000;
    private const int MaxLength = 1 << 20;

    private static readonly string[] Providers = ["tensorrt", "cuda", "cpu"];
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a document.</summary>
    /// <param name="json">UTF-8; empty: nothing is configured.</param>
    /// <param name="configuration">What it says; the default when it is refused.</param>
    /// <returns>The first rule it breaks; null: none.</returns>
    public static ServingProblem? Read(ReadOnlyMemory<byte> json, out ServingConfiguration configuration)
    {
        configuration = ServingConfiguration.Default;
        if (json.IsEmpty)
        {
            return null;
        }
        try
        {
            if (CheckText(json.Span) is { } rule)
            {
                return new("", rule);
            }
            using var document = JsonDocument.Parse(json, Strict);
            var problems = new ServingProblems();
            var read = Read(ServingMembers.Of(document.RootElement, "", problems));
            configuration = problems.First is null ? read : configuration;
            return problems.First;
        }
        catch (JsonException e)
        {
            return new("", $"must be one JSON object, each member once, at most {MaxDepth} levels deep: {e.Message}");
        }
    }

    /// <summary>What a parser finds only when a text is asked for.</summary>
    private static string? CheckText(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return $"may have at most {MaxBytes} bytes, it has {json.Length}";
        }
        const string rule = "must be valid Unicode";
        if (!Utf8.IsValid(json))
        {
            return rule;
        }
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : null;
            }
            return null;
        }
        catch (InvalidOperationException)
        {
            return rule; // half of a surrogate pair
        }
    }

    private static ServingConfiguration Read(ServingMembers root)
    {
        var read = new ServingConfiguration
        {
            Batching = Batching(root.Section("batching")),
            Instances = Instances(root.Section("instances")),
            Execution = Execution(root.Section("execution")),
            WarmUp = WarmUp(root.Section("warm_up")),
            ResponseCache = ResponseCache(root.Section("response_cache")),
            PredictionLog = PredictionLog(root.Section("prediction_log")),
            MissingFeatures = MissingFeatures(root.Section("missing_features")),
            Graph = GraphReader.Read(root.Section("graph")),
        };
        root.RefuseOthers();
        return read;
    }

    private static BatchingConfiguration Batching(ServingMembers members)
    {
        var standard = new BatchingConfiguration();
        var maxBatchSize = members.Whole("max_batch_size", standard.MaxBatchSize, 1, MaxRows);
        var levels = members.Whole("priority_levels", standard.PriorityLevels, 1, 16);
        var read = new BatchingConfiguration
        {
            Enabled = members.OptionalFlag("enabled"),
            MaxBatchSize = maxBatchSize,
            MaxQueueDelayMicroseconds = members.Whole("max_queue_delay_microseconds", standard.MaxQueueDelayMicroseconds, 0, MaxMicroseconds),
            PreferredBatchSizes = members.Wholes("preferred_batch_sizes", MaxSizes, 1, maxBatchSize),
            MaxQueueSize = members.OptionalWhole("max_queue_size", 1, 1_000_000),
            QueueTimeoutMicroseconds = members.Long("queue_timeout_microseconds", standard.QueueTimeoutMicroseconds, 0, MaxTimeoutMicroseconds),
            TimeoutAction = members.Choice("timeout_action", standard.TimeoutAction),
            AllowTimeoutOverride = members.Flag("allow_timeout_override", standard.AllowTimeoutOverride),
            PriorityLevels = levels,
            DefaultPriorityLevel = members.Whole("default_priority_level", standard.DefaultPriorityLevel, 0, levels),
        };
        if (read.PreferredBatchSizes.Zip(read.PreferredBatchSizes.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            members.Refuse("preferred_batch_sizes", "must be ascending, each size once");
        }
        members.RefuseOthers();
        return read;
    }

    private static InstancesConfiguration Instances(ServingMembers members)
    {
        var read = new InstancesConfiguration
        {
            Count = members.OptionalWhole("count", 1, 256),
            Sessions = members.Choice("sessions", SessionSharing.Auto),
        };
        members.RefuseOthers();
        return read;
    }

    private static ExecutionConfiguration Execution(ServingMembers members)
    {
        var standard = new ExecutionConfiguration();
        var read = new ExecutionConfiguration
        {
            Providers = members.OptionalTexts("providers", Providers.Length),
            IntraOpThreads = members.OptionalWhole("intra_op_threads", 1, 1_024),
            InterOpThreads = members.Whole("inter_op_threads", standard.InterOpThreads, 1, 1_024),
            MemoryArena = members.Flag("memory_arena", standard.MemoryArena),
            ShrinkArena = members.Flag("shrink_arena", standard.ShrinkArena),
            DeviceMemoryBytes = members.OptionalLong("device_memory_bytes", 1, long.MaxValue),
            CudaGraphs = members.Flag("cuda_graphs", standard.CudaGraphs),
            Fp16 = members.Flag("fp16", standard.Fp16),
            CacheOptimizedModel = members.Flag("cache_optimized_model", standard.CacheOptimizedModel),
        };
        if (read.Providers is { } wanted)
        {
            if (wanted.Count == 0 || wanted.Except(Providers, StringComparer.Ordinal).Any() || wanted.Distinct(StringComparer.Ordinal).Count() < wanted.Count)
            {
                members.Refuse("providers", "must be one or more of tensorrt, cuda and cpu, each once");
            }
            else if (read.CudaGraphs && !wanted.Contains("cuda", StringComparer.Ordinal))
            {
                members.Refuse("cuda_graphs", "needs cuda among the providers");
            }
        }
        members.RefuseOthers();
        return read;
    }

    private static WarmUpConfiguration WarmUp(ServingMembers members)
    {
        var read = new WarmUpConfiguration
        {
            BatchSizes = members.Wholes("batch_sizes", MaxSizes, 1, MaxRows),
            Shapes = members.Map("shapes", MaxNames, (shapes, name) => shapes.Longs(name, MaxDimensions, 1, MaxLength)),
        };
        members.RefuseOthers();
        return read;
    }

    private static ResponseCacheConfiguration ResponseCache(ServingMembers members)
    {
        var read = new ResponseCacheConfiguration { Enabled = members.Flag("enabled", false) };
        members.RefuseOthers();
        return read;
    }

    private static PredictionLogConfiguration PredictionLog(ServingMembers members)
    {
        var read = new PredictionLogConfiguration
        {
            SampleRate = members.Number("sample_rate", new PredictionLogConfiguration().SampleRate, 0, 1),
            RedactedFeatures = members.Names("redacted_features", MaxNames),
            RedactedEntities = members.Names("redacted_entities", MaxNames),
        };
        members.RefuseOthers();
        return read;
    }

    private static MissingFeaturesConfiguration MissingFeatures(ServingMembers members)
    {
        var read = new MissingFeaturesConfiguration
        {
            Policy = members.Choice("policy", MissingFeaturePolicy.Reject),
            Defaults = members.Map("defaults", MaxNames, (defaults, name) => defaults.Scalar(name)),
        };
        if (read.Defaults.Count > 0 && read.Policy != MissingFeaturePolicy.Default)
        {
            members.Refuse("defaults", "are used with the policy 'default' only");
        }
        members.RefuseOthers();
        return read;
    }
}
