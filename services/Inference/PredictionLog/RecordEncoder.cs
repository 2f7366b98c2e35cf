using System.Globalization;
using Google.Protobuf;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Encodes the rows of one request as frames of PredictionRecord messages.</summary>
internal sealed class RecordEncoder : IDisposable
{
    private const int FirstSize = 4096;
    private const int LongestError = 1024;
    private readonly PredictionCall _call;
    private readonly BoundInputs _inputs;
    private readonly FeatureLayout _layout;
    private readonly RowVerdicts? _verdicts;
    private readonly string _error;
    private readonly int _rows;
    private readonly int[]?[]? _texts;
    private readonly WireWriter _wire = new(FirstSize);

    public RecordEncoder(in PredictionCall call, BoundInputs inputs, Outcome<InferenceResult> outcome, FeatureLayout layout, int rows)
    {
        (_call, _inputs, _layout, _rows) = (call, inputs, layout, rows);
        _verdicts = outcome.Value is { } result ? new RowVerdicts(result, rows) : null;
        _error = outcome.Refusal is { } refusal ? Explain(refusal, layout) : "";
        _error = _error.Length > LongestError ? _error[..LongestError] : _error;
        _texts = TextStarts(inputs);
    }

    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required TimeSpan Latency { get; init; }

    /// <summary>Rows that were left out since only a share is logged.</summary>
    public int NotSampled { get; private set; }

    /// <summary>Encodes the first rows.</summary>
    /// <param name="count">How many.</param>
    /// <param name="frames">The frames; valid until this is disposed of.</param>
    /// <returns>How many frames there are: a row that is not sampled, or whose record is too large, has none.</returns>
    public int WriteRows(int count, out ReadOnlySpan<byte> frames)
    {
        var written = 0;
        var (model, rate) = (_call.Model.Key.Model, _call.Model.Serving.PredictionLog.SampleRate);
        for (var row = 0; row < count; row++)
        {
            var id = _rows == 1 ? Id : string.Create(CultureInfo.InvariantCulture, $"{Id}#{row}");
            if (!Sampling.Takes(model, id, rate))
            {
                NotSampled++;
                continue;
            }
            var start = _wire.BeginFrame();
            WriteHead(id);
            WriteFeatures(row);
            WriteNames(13, _call.StoreFeatures);
            _verdicts?.Write(_wire, row);
            WriteNames(16, _call.DefaultedFeatures);
            written += _wire.TryEndFrame(start) ? 1 : 0;
        }
        frames = _wire.Written;
        return written;
    }

    public void Dispose() => _wire.Dispose();

    /// <summary>What a runtime says of a run may quote what it was given.</summary>
    private static string Explain(Refusal refusal, FeatureLayout layout) => layout.Redacts
        ? $"{refusal.Kind}: the reason is not logged, since features are redacted"
        : refusal.Detail.ReplaceLineEndings(" ").Replace('\0', ' ');

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

    private void WriteHead(string id)
    {
        var key = _call.Model.Key;
        _wire.Text(1, id);
        _wire.Text(2, key.Workspace);
        _wire.Text(3, Environment);
        _wire.Text(5, key.Model);
        _wire.Integer(6, key.Version);
        _wire.Time(7, Time);
        _wire.Time(8, _call.EventTime ?? Time);
        _wire.Integer(9, (long)Latency.TotalMicroseconds);
        _wire.Text(10, _error);
        for (var i = 0; i < _call.Entities?.Count; i++)
        {
            if (!_layout.IsRedactedEntity(_call.Entities[i].Name))
            {
                _wire.Bytes(11, _call.Entities[i].ToByteArray());
            }
        }
    }

    private void WriteFeatures(int row)
    {
        for (var ordinal = 0; ordinal < _inputs.Inputs.Length; ordinal++)
        {
            ref readonly var input = ref _inputs.Inputs[ordinal];
            var columns = _layout.Columns(ordinal, input.Shape!, _rows);
            var raw = input.Raw.Span;
            var datatype = _inputs.Schema.Inputs[ordinal].Datatype;
            for (var column = 0; column < columns.Length; column++)
            {
                var index = (row * columns.Length) + column;
                if (columns[column].Length == 0)
                {
                    continue;
                }
                if (_texts?[ordinal] is { } starts)
                {
                    FeatureEncoder.WriteText(_wire, columns[column], raw[(starts[index] + BytesElements.LengthSize)..starts[index + 1]]);
                }
                else
                {
                    FeatureEncoder.WriteNumber(_wire, columns[column], datatype, raw, index);
                }
            }
        }
    }

    /// <summary>Where each element of the text inputs begins, and the last one ends; null for inputs of numbers, and where there are no texts at all.</summary>
    private static int[]?[]? TextStarts(BoundInputs inputs)
    {
        int[]?[]? texts = null;
        for (var ordinal = 0; ordinal < inputs.Inputs.Length; ordinal++)
        {
            ref readonly var input = ref inputs.Inputs[ordinal];
            if (inputs.Schema.Inputs[ordinal].Datatype.Size > 0)
            {
                continue;
            }
            texts ??= new int[]?[inputs.Inputs.Length];
            var starts = texts[ordinal] = new int[input.Elements + 1];
            var elements = new BytesElements(input.Raw.Span);
            for (var i = 0; elements.TryRead(out var element); i++)
            {
                starts[i + 1] = starts[i] + BytesElements.LengthSize + element.Length;
            }
        }
        return texts;
    }
}
