using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Logs what was predicted, before it is answered. Costs a request an encoding and one write, and never fails it.</summary>
internal sealed class PredictionLogger(
    SegmentWriter writer, ModelCatalog catalog, PredictionLogMetrics metrics, IOptions<PredictionLogOptions> options, TimeProvider clock)
{
    private readonly bool _isOn = !string.IsNullOrEmpty(options.Value.Path);
    private readonly int _mostRows = options.Value.MaxRowsPerRequest;
    private readonly ConditionalWeakTable<LoadedModel, FeatureLayout> _layouts = [];

    /// <summary>Identity for a prediction that came without one.</summary>
    public string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString();

    /// <summary>Logs every row of a request that was run: answered, or failed by the model or the time it took.</summary>
    /// <param name="call">What the request says beside its inputs.</param>
    /// <param name="inputs">What the model was given.</param>
    /// <param name="outcome">What came of it.</param>
    public void Append(in PredictionCall call, BoundInputs inputs, Outcome<InferenceResult> outcome)
    {
        // A queue that is full turned the request away before it ran.
        if (!_isOn || outcome.Refusal?.Kind == RefusalKind.ResourceExhausted)
        {
            return;
        }
        var rows = FeatureLayout.Rows(inputs);
        var logged = Math.Min(rows, _mostRows);
        Count(DropReason.Rows, rows - logged);
        if (logged > 0)
        {
            Write(call, inputs, outcome, rows, logged);
        }
    }

    private void Write(in PredictionCall call, BoundInputs inputs, Outcome<InferenceResult> outcome, int rows, int logged)
    {
        var now = clock.GetUtcNow();
        var latency = clock.GetElapsedTime(call.Started);
        var layout = _layouts.GetValue(call.Model, static model => new FeatureLayout(model));
        using var record = new RecordEncoder(call, inputs, outcome, layout, rows)
        {
            Id = call.PredictionId ?? Guid.CreateVersion7(now).ToString(),
            Environment = catalog.Now.Environment,
            Time = now - latency,
            Latency = latency,
        };
        var written = record.WriteRows(logged, out var frames);
        metrics.NotSampled(record.NotSampled);
        Count(DropReason.Size, logged - record.NotSampled - written);
        if (written == 0)
        {
            return;
        }
        if (writer.Append(frames) is { } reason)
        {
            Count(reason, written);
        }
        else
        {
            metrics.Logged(written);
        }
    }

    private void Count(DropReason reason, int records)
    {
        if (records > 0)
        {
            metrics.Dropped(reason, records);
        }
    }
}
