using ModelOps.Batch.Records;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Rows;

/// <summary>Reads the rows of records and writes them again with what was predicted. Used by several threads at once.</summary>
internal interface IRowFormat
{
    /// <summary>What stands before all rows of an output; empty: nothing.</summary>
    byte[] Header { get; }

    /// <summary>Reads the rows of a chunk.</summary>
    ChunkRows Read(RecordChunk chunk);

    /// <summary>Writes a row.</summary>
    /// <param name="record">The record, as far as it is kept.</param>
    /// <param name="prediction">What was predicted.</param>
    /// <param name="stamp">When and by which version.</param>
    /// <param name="target">Where it is appended, with a line feed.</param>
    void Write(ReadOnlySpan<byte> record, in RowPrediction prediction, PredictionStamp stamp, Stream target);

    /// <summary>The format of a job's files.</summary>
    /// <param name="format">Which one.</param>
    /// <param name="input">The head of the input.</param>
    /// <param name="features">What the model takes.</param>
    /// <param name="predictions">What it gives.</param>
    static Outcome<IRowFormat> Of(RecordFormat format, InputFile input, FeatureLayout features, PredictionLayout predictions) =>
        format == RecordFormat.NdJson ? new JsonRows(features, predictions) : CsvRows.Of(input.Header, features, predictions);
}

/// <summary>When rows were predicted, and by which version.</summary>
/// <param name="PredictedAt">RFC 3339, UTC, milliseconds.</param>
/// <param name="Version">Version of the model.</param>
internal readonly record struct PredictionStamp(string PredictedAt, string Version);

/// <summary>The rows of a chunk, as far as they can be predicted.</summary>
internal sealed class ChunkRows(FeatureLayout layout)
{
    private readonly List<(int Record, int Length)> _rows = [];
    private readonly Dictionary<int, string> _reasons = [];

    public FeatureRows Features { get; } = new(layout);

    /// <summary>For every row of <see cref="Features"/> its record, and how much of it is kept.</summary>
    public IReadOnlyList<(int Record, int Length)> Rows => _rows;

    /// <summary>Why records have no prediction.</summary>
    public IReadOnlyDictionary<int, string> Reasons => _reasons;

    /// <summary>Keeps the row under way, unless it breaks a rule.</summary>
    public void Close(int record, int length, string? broken)
    {
        if (broken is null)
        {
            Features.Keep();
            _rows.Add((record, length));
        }
        else
        {
            Features.TakeBack();
            _reasons[record] = broken;
        }
    }

    /// <summary>Rejects a row that was kept.</summary>
    public void Reject(int row, string reason) => _reasons[_rows[row].Record] = reason;
}
