using Google.Protobuf;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>
/// Encodes the rows of one request as frames of blocks. Inputs are copied as the model was given them: to write every feature under its
/// name costs more than a small model's run.
/// </summary>
internal readonly ref struct BlockEncoder
{
    /// <summary>Rows that a block has.</summary>
    public const int MostRows = 512;

    private const int UsualBlockBytes = 256 << 10;
    private const int LongestError = 1024;
    private readonly WireWriter _wire;
    private readonly PredictionCall _call;
    private readonly BoundInputs _inputs;
    private readonly FeatureLayout _layout;
    private readonly LoggedColumns _columns;
    private readonly RowVerdicts? _verdicts;
    private readonly string _error;
    private readonly int _rows;

    /// <param name="wire">Where the frames go; empty.</param>
    /// <param name="call">The request.</param>
    /// <param name="inputs">What the model was given.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="layout">How the model's inputs are logged.</param>
    /// <param name="environment">Environment of the replica.</param>
    public BlockEncoder(WireWriter wire, in PredictionCall call, BoundInputs inputs, Outcome<InferenceResult> outcome, FeatureLayout layout, string environment)
    {
        (_wire, _call, _inputs, _layout, _rows) = (wire, call, inputs, layout, FeatureLayout.Rows(inputs));
        _columns = layout.Columns(inputs, environment);
        _verdicts = outcome.Value is { } result ? new RowVerdicts(result, _rows) : null;
        _error = outcome.Refusal is { } refusal ? Explain(refusal, layout) : "";
        _error = _error.Length > LongestError ? _error[..LongestError] : _error;
    }

    /// <summary>Identity of the request, UTF-8.</summary>
    public required ReadOnlySpan<byte> Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required TimeSpan Latency { get; init; }

    /// <summary>The layout that the frames name.</summary>
    public LoggedLayout Layout => _columns.Layout;

    /// <summary>Encodes some of the rows, as many frames as it takes.</summary>
    /// <param name="rows">Places of the rows in the request, ascending.</param>
    /// <returns>How many rows are in the frames: one that is too large by itself is in none.</returns>
    public int Write(ReadOnlySpan<int> rows)
    {
        if (!_columns.Layout.FitsFrame)
        {
            return 0;
        }
        var written = 0;
        var perBlock = Math.Clamp(UsualBlockBytes / Math.Max(1, LoggedBytes() / Math.Max(1, _rows)), 1, MostRows);
        while (!rows.IsEmpty)
        {
            var some = rows[..Math.Min(rows.Length, perBlock)];
            rows = rows[some.Length..];
            written += WriteBlock(some);
        }
        return written;
    }

    /// <summary>Writes rows as one block, or as two where their texts make it too large: a row is left out only when it is too large by itself.</summary>
    private int WriteBlock(ReadOnlySpan<int> rows)
    {
        var start = _wire.BeginFrame(_columns.Layout.Number, rows.Length);
        WriteHead(rows);
        WriteValues(rows);
        _verdicts?.Write(_wire, rows);
        if (_wire.TryEndFrame(start))
        {
            return rows.Length;
        }
        var half = rows.Length / 2;
        return half == 0 ? 0 : WriteBlock(rows[..half]) + WriteBlock(rows[half..]);
    }

    /// <summary>What a runtime says of a run may quote what it was given.</summary>
    private static string Explain(Refusal refusal, FeatureLayout layout) => layout.Redacts
        ? $"{refusal.Kind}: the reason is not logged, since features are redacted"
        : refusal.Detail.ReplaceLineEndings(" ").Replace('\0', ' ');

    private int LoggedBytes()
    {
        var bytes = 0;
        foreach (ref readonly var input in _columns.Inputs.AsSpan())
        {
            bytes += _inputs.Inputs[input.Ordinal].Raw.Length;
        }
        return bytes;
    }

    private void WriteHead(ReadOnlySpan<int> rows)
    {
        _wire.Bytes(PredictionBlock.PredictionIdFieldNumber, Id);
        if (_rows != 1)
        {
            _wire.Integers(PredictionBlock.RowsFieldNumber, rows);
        }
        _wire.Time(PredictionBlock.TimeFieldNumber, Time);
        if (_call.EventTime is { } eventTime)
        {
            _wire.Time(PredictionBlock.EventTimeFieldNumber, eventTime);
        }
        _wire.Integer(PredictionBlock.LatencyUsFieldNumber, (long)Latency.TotalMicroseconds);
        _wire.Text(PredictionBlock.ErrorFieldNumber, _error);
        for (var i = 0; i < _call.Entities?.Count; i++)
        {
            if (!_layout.IsRedactedEntity(_call.Entities[i].Name))
            {
                _wire.Bytes(PredictionBlock.EntitiesFieldNumber, _call.Entities[i].ToByteArray());
            }
        }
        WriteNames(PredictionBlock.StoreFeaturesFieldNumber, _call.StoreFeatures);
        WriteNames(PredictionBlock.DefaultedFeaturesFieldNumber, _call.DefaultedFeatures);
    }

    private void WriteNames(int field, IReadOnlyList<string>? features)
    {
        for (var i = 0; i < features?.Count; i++)
        {
            if (!_layout.IsRedacted(features[i]))
            {
                _wire.Text(field, features[i]);
            }
        }
    }

    private void WriteValues(ReadOnlySpan<int> rows)
    {
        foreach (ref readonly var input in _columns.Inputs.AsSpan())
        {
            var raw = _inputs.Inputs[input.Ordinal].Raw.Span;
            if (_inputs.Schema.Inputs[input.Ordinal].Datatype.Size is var size and > 0)
            {
                WriteNumbers(raw, input, size, rows);
            }
            else
            {
                LoggedTexts.Write(_wire, PredictionBlock.ValuesFieldNumber, raw, input, rows);
            }
        }
    }

    private void WriteNumbers(ReadOnlySpan<byte> raw, in LoggedInputColumns input, int size, ReadOnlySpan<int> rows)
    {
        var rowBytes = input.Columns * size;
        _wire.Header(PredictionBlock.ValuesFieldNumber, rows.Length * input.Kept.Length * size);
        if (input.IsWhole && rows[^1] - rows[0] == rows.Length - 1)
        {
            _wire.Raw(raw.Slice(rows[0] * rowBytes, rows.Length * rowBytes));
            return;
        }
        foreach (var row in rows)
        {
            foreach (var column in input.Kept)
            {
                _wire.Raw(raw.Slice((row * rowBytes) + (column * size), size));
            }
        }
    }
}
