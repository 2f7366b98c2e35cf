namespace ModelOps.Serving;

/// <summary>
/// How a version wants to be served: registered beside it as one JSON object, checked at registration and read by every replica
/// that loads the version. What is left out keeps its default; a null means "as the replica's own settings say".
/// </summary>
public sealed record ServingConfiguration
{
    public static readonly ServingConfiguration Default = new();

    /// <summary>How requests are put together into one run.</summary>
    public BatchingConfiguration Batching { get; init; } = new();

    /// <summary>How many runs of the version may be under way at once.</summary>
    public InstancesConfiguration Instances { get; init; } = new();

    /// <summary>How ONNX Runtime executes the version.</summary>
    public ExecutionConfiguration Execution { get; init; } = new();

    /// <summary>The runs before a version counts as ready.</summary>
    public WarmUpConfiguration WarmUp { get; init; } = new();

    /// <summary>Answers kept for inputs that come again.</summary>
    public ResponseCacheConfiguration ResponseCache { get; init; } = new();

    /// <summary>What is logged of predictions.</summary>
    public PredictionLogConfiguration PredictionLog { get; init; } = new();

    /// <summary>What happens when a feature of a row is neither sent nor in the feature store.</summary>
    public MissingFeaturesConfiguration MissingFeatures { get; init; } = new();

    /// <summary>What answers together with the version's artifact.</summary>
    public GraphConfiguration Graph { get; init; } = new();
}

/// <summary>How requests are put together into one run.</summary>
public sealed record BatchingConfiguration
{
    /// <summary>Null: batched when the model's first dimension is a batch dimension, as seen at warm-up. True: refuse to load when it is not.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Most rows of one run, 1 to 65,536. A single request may have more; it then runs alone.</summary>
    public int MaxBatchSize { get; init; } = 64;

    /// <summary>How long the oldest request waits for others, in microseconds, 0 to 10,000,000. 0: what queued while every instance was busy goes together.</summary>
    public int MaxQueueDelayMicroseconds { get; init; }

    /// <summary>Sizes at which a batch goes before the delay is over, at most 64, ascending, each at most <see cref="MaxBatchSize"/>.</summary>
    public IReadOnlyList<int> PreferredBatchSizes { get; init; } = [];

    /// <summary>Most requests that wait, 1 to 1,000,000; null: the replica's setting. The next one is refused with RESOURCE_EXHAUSTED or 429.</summary>
    public int? MaxQueueSize { get; init; }

    /// <summary>How long a request may wait, in microseconds, at most a day; 0: as long as its own deadline allows.</summary>
    public long QueueTimeoutMicroseconds { get; init; }

    /// <summary>What becomes of a request that waited too long.</summary>
    public QueueTimeoutAction TimeoutAction { get; init; } = QueueTimeoutAction.Reject;

    /// <summary>Whether a request's own <c>timeout</c> parameter may shorten or lengthen <see cref="QueueTimeoutMicroseconds"/>.</summary>
    public bool AllowTimeoutOverride { get; init; } = true;

    /// <summary>Levels of priority, 1 (the highest) to this number, at most 16.</summary>
    public int PriorityLevels { get; init; } = 1;

    /// <summary>Level of a request that names none, at most <see cref="PriorityLevels"/>; 0: the middle one.</summary>
    public int DefaultPriorityLevel { get; init; }
}

/// <summary>What becomes of a request that waited too long; the numbers are Triton's.</summary>
public enum QueueTimeoutAction
{
    /// <summary>It is refused.</summary>
    Reject = 0,

    /// <summary>It runs when nothing else waits.</summary>
    Delay = 1,
}

/// <summary>How many runs of the version may be under way at once.</summary>
public sealed record InstancesConfiguration
{
    /// <summary>Runs at the same time, 1 to 256; null: the replica's setting.</summary>
    public int? Count { get; init; }

    /// <summary>Whether instances share one session or have one each.</summary>
    public SessionSharing Sessions { get; init; } = SessionSharing.Auto;
}

/// <summary>Whether instances share one ONNX Runtime session.</summary>
public enum SessionSharing
{
    /// <summary>Measured at warm-up: one each when runs are short and the model is small.</summary>
    Auto = 0,

    /// <summary>One session for all.</summary>
    Shared = 1,

    /// <summary>One session each.</summary>
    PerInstance = 2,
}

/// <summary>How ONNX Runtime executes the version.</summary>
public sealed record ExecutionConfiguration
{
    /// <summary>Execution providers, most wanted first: one or more of tensorrt, cuda and cpu, each once; null: the replica's setting. One that is not there is passed over, and said so.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <summary>Threads inside one run, 1 to 1,024; null: the replica's setting.</summary>
    public int? IntraOpThreads { get; init; }

    /// <summary>Operators that run at the same time inside one run, 1 to 1,024; above 1 the graph is executed in parallel.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>Whether memory is kept for the next run. Without the arena each run asks the system.</summary>
    public bool MemoryArena { get; init; } = true;

    /// <summary>Whether memory that a run did not need is given back after it.</summary>
    public bool ShrinkArena { get; init; }

    /// <summary>Most bytes of device memory for the version, 1 and up; null: the replica's setting.</summary>
    public long? DeviceMemoryBytes { get; init; }

    /// <summary>Whether runs of one shape are replayed as a CUDA graph. Needs the cuda provider and fixed batch sizes.</summary>
    public bool CudaGraphs { get; init; }

    /// <summary>Whether TensorRT may compute in FP16.</summary>
    public bool Fp16 { get; init; }

    /// <summary>Whether the optimized graph is kept on disk, so that the next load is faster.</summary>
    public bool CacheOptimizedModel { get; init; }
}

/// <summary>The runs before a version counts as ready.</summary>
public sealed record WarmUpConfiguration
{
    /// <summary>Rows of the runs, at most 64 of them, each 1 to 65,536; empty: one row and a full batch.</summary>
    public IReadOnlyList<int> BatchSizes { get; init; } = [];

    /// <summary>Lengths for dimensions that the model leaves open beyond the first, by name of the input: at most 256 inputs, at most 8 lengths each, 1 to 1,048,576.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();
}

/// <summary>Answers kept for inputs that come again.</summary>
public sealed record ResponseCacheConfiguration
{
    public bool Enabled { get; init; }
}

/// <summary>What is logged of predictions.</summary>
public sealed record PredictionLogConfiguration
{
    /// <summary>Share of predictions that is logged, 0 to 1, chosen by prediction id so that every replica chooses alike.</summary>
    public double SampleRate { get; init; } = 1;

    /// <summary>Features whose values are never logged, at most 256, each a name that the model's inputs are logged under; entity keys of the same name neither.</summary>
    public IReadOnlyList<string> RedactedFeatures { get; init; } = [];

    /// <summary>Entity keys whose values are never logged, by join key, at most 256. The model does not name them, so a key that never comes is no error.</summary>
    public IReadOnlyList<string> RedactedEntities { get; init; } = [];
}

/// <summary>What happens when a feature of a row is neither sent nor in the feature store.</summary>
public sealed record MissingFeaturesConfiguration
{
    /// <summary>What is done.</summary>
    public MissingFeaturePolicy Policy { get; init; } = MissingFeaturePolicy.Reject;

    /// <summary>Values by feature name, at most 256: finite numbers, booleans or strings of at most 4,096 bytes as JSON. Only with <see cref="MissingFeaturePolicy.Default"/>.</summary>
    public IReadOnlyDictionary<string, System.Text.Json.JsonElement> Defaults { get; init; } = new Dictionary<string, System.Text.Json.JsonElement>();
}

/// <summary>What happens to a row with a feature missing.</summary>
public enum MissingFeaturePolicy
{
    /// <summary>Refused, unless the model takes NaN for a missing number.</summary>
    Reject = 0,

    /// <summary>The value under defaults is used; without one it is as with <see cref="Reject"/>.</summary>
    Default = 1,
}
