using System.Text.Json.Serialization;

namespace ModelOps.Inference.BatchJobs;

/// <summary>How far a job is; the names are kept on disk.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BatchJobState>))]
internal enum BatchJobState
{
    /// <summary>Waits for a replica.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued = 1,

    /// <summary>A replica works on it; when that dies, another goes on.</summary>
    [JsonStringEnumMemberName("running")]
    Running = 2,

    /// <summary>The output is in its place.</summary>
    [JsonStringEnumMemberName("succeeded")]
    Succeeded = 3,

    /// <summary>Given up; what is done is kept, and the same job submitted again goes on from there.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed = 4,

    /// <summary>Stopped by a caller; what was done is gone.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled = 5,
}

/// <summary>What a caller wants; paths are relative to the folder of batch jobs.</summary>
/// <remarks>Setters, since generated readers of init properties write null over the defaults of what is left out.</remarks>
internal sealed record BatchJobRequest
{
    /// <summary>Name of the model.</summary>
    public string Model { get; set; } = "";

    /// <summary>Its version; null: the one that takes traffic when the job begins.</summary>
    public long? Version { get; set; }

    /// <summary>File with the rows.</summary>
    public string Input { get; set; } = "";

    /// <summary>File with the predictions.</summary>
    public string Output { get; set; } = "";

    /// <summary>csv or ndjson; null: as the input's ending says.</summary>
    public string? Format { get; set; }

    /// <summary>Rows of a chunk; null: 10,000.</summary>
    public int? ChunkRows { get; set; }

    /// <summary>Chunks under way at the same time; null: 1.</summary>
    public int? Parallelism { get; set; }

    /// <summary>Part of the input, as <c>index/count</c>; null: all of it.</summary>
    public string? Partition { get; set; }

    /// <summary>Whether an output that exists is replaced.</summary>
    public bool Overwrite { get; set; }
}

/// <summary>A job, as it is kept on disk and answered.</summary>
/// <param name="Id">Identity, made here.</param>
/// <param name="Request">What the caller wants.</param>
/// <param name="CreatedBy">Who the caller is.</param>
/// <param name="CreateTime">When it came.</param>
internal sealed record BatchJob(string Id, BatchJobRequest Request, string CreatedBy, DateTimeOffset CreateTime)
{
    public BatchJobState State { get; init; } = BatchJobState.Queued;

    /// <summary>Version that predicts; null: not known yet.</summary>
    public long? ModelVersion { get; init; }

    /// <summary>When a replica began; null: none has.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it was over; null: it is not.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Rows with a prediction.</summary>
    public long Rows { get; init; }

    /// <summary>Rows without one.</summary>
    public long Rejected { get; init; }

    /// <summary>Bytes of the input whose predictions are on disk.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of the input, or of its part; 0: not known yet.</summary>
    public long BytesTotal { get; init; }

    /// <summary>Rows a second since the replica began.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>Why it failed; empty otherwise.</summary>
    public string Error { get; init; } = "";

    /// <summary>File with the rows that have no prediction; empty: there are none.</summary>
    public string RejectedOutput { get; init; } = "";

    [JsonIgnore]
    public bool IsOver => State is BatchJobState.Succeeded or BatchJobState.Failed or BatchJobState.Cancelled;
}

/// <summary>Jobs, newest first.</summary>
internal sealed record BatchJobList(IReadOnlyList<BatchJob> Jobs);

/// <summary>JSON of jobs: snake_case, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(BatchJobRequest))]
[JsonSerializable(typeof(BatchJob))]
[JsonSerializable(typeof(BatchJobList))]
internal sealed partial class BatchJobJson : JsonSerializerContext;
