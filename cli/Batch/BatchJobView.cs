using System.Text.Json.Serialization;

namespace ModelOps.Cli.Batch;

/// <summary>A job of the installation, as its API tells it; members that this version does not know are passed over.</summary>
internal sealed record BatchJobView
{
    public required string Id { get; init; }

    public required string State { get; init; }

    public required BatchJobRequestView Request { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public long? ModelVersion { get; init; }

    public long Rows { get; init; }

    public long Rejected { get; init; }

    public long Bytes { get; init; }

    public long BytesTotal { get; init; }

    public double RowsPerSecond { get; init; }

    public string Error { get; init; } = "";

    public string RejectedOutput { get; init; } = "";

    [JsonIgnore]
    public bool IsOver => State is "succeeded" or "failed" or "cancelled";
}

/// <summary>What was asked for. Left out where null.</summary>
internal sealed record BatchJobRequestView(
    string Model, long? Version, string Input, string Output, string? Format, int? ChunkRows, int? Parallelism, string? Partition, bool Overwrite);

/// <summary>Jobs, newest first.</summary>
internal sealed record BatchJobListView(IReadOnlyList<BatchJobView> Jobs);

/// <summary>An error of the gateway, as RFC 9457 has it.</summary>
internal sealed record ProblemView(string? Title, string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchJobView))]
[JsonSerializable(typeof(BatchJobListView))]
[JsonSerializable(typeof(BatchJobRequestView))]
[JsonSerializable(typeof(ProblemView))]
internal sealed partial class ViewJson : JsonSerializerContext;
