using System.Text.Json.Serialization;
using ModelOps.Batch.Records;

namespace ModelOps.Batch.Runs;

/// <summary>What a job's folder says about the job: an attempt that goes on must be about the same.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version, chosen when the job began.</param>
/// <param name="Input">The input as it was when the job began.</param>
/// <param name="Format">How the files are written.</param>
/// <param name="ChunkRows">Rows of a chunk.</param>
/// <param name="Partition">Which part of the input.</param>
/// <param name="Summary">Set when the output is in its place; what remains is to clear the folder.</param>
internal sealed record BatchState(string Model, long Version, FileIdentity Input, RecordFormat Format, int ChunkRows, string Partition, BatchSummary? Summary = null)
{
    /// <summary>Which part of a specification differs; null: none.</summary>
    public string? Difference(BatchSpec spec, FileIdentity input) =>
        Model != spec.Model ? $"for model '{Model}'"
        : spec.Version is { } version && version != Version ? $"with version {Version}"
        : Format != spec.Format ? $"with format {Format.Name()}"
        : ChunkRows != spec.ChunkRows ? $"with chunk_rows {ChunkRows}"
        : Partition != spec.Partition.ToString() ? $"for partition {Partition}"
        : Input != input ? "with another input file, or the file was changed since"
        : null;
}

/// <summary>A chunk whose part is in its place.</summary>
/// <param name="Start">Offset where it begins.</param>
/// <param name="End">Offset where the next one begins.</param>
/// <param name="EndLine">Line where the next one begins.</param>
/// <param name="Rows">Rows with a prediction.</param>
/// <param name="Rejected">Rows without one.</param>
/// <param name="PartBytes">Length of the part.</param>
/// <param name="RejectedBytes">Length of its rejected rows.</param>
internal sealed record ChunkRecord(long Start, long End, long EndLine, int Rows, int Rejected, long PartBytes, long RejectedBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = false)]
[JsonSerializable(typeof(BatchState))]
[JsonSerializable(typeof(ChunkRecord))]
internal sealed partial class BatchJson : JsonSerializerContext;
