using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Options;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Logs what was predicted, before it is answered. Costs a request an encoding and one write, and never fails it.</summary>
internal sealed class PredictionLogger(
    SegmentWriter writer, ModelCatalog catalog, PredictionLogMetrics metrics, IOptions<PredictionLogOptions> options, TimeProvider clock)
{
    private const int FirstSize = 4096;
    private const int MostOnStack = 128;
    private const int LongestId = 3 * 256; // callers may give 128 characters, a stream appends a number

    [ThreadStatic]
    private static WireWriter? t_wire;
    private readonly bool _isOn = !string.IsNullOrEmpty(options.Value.Path);
    private readonly int _mostRows = options.Value.MaxRowsPerRequest;
    private readonly ConditionalWeakTable<LoadedModel, FeatureLayout> _layouts = [];

    /// <summary>Identity for a prediction that came without one.</summary>
    public string NewId() => PredictionIds.New(clock.GetUtcNow()).ToString();

    /// <summary>Logs every row of a request that was run: answered, or failed by the model or the time it took.</summary>
    /// <param name="call">What the request says beside its inputs.</param>
    /// <param name="inputs">What the model was given.</param>
    /// <param name="outcome">What came of it.</param>
    public void Append(in PredictionCall call, BoundInputs inputs, Outcome<InferenceResult> outcome)
    {
        if (!_isOn || outcome.Refusal is NotRun)
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
        var wire = t_wire ??= new WireWriter(FirstSize);
        try
        {
            var written = Encode(wire, call, inputs, outcome, rows, logged, out var layout);
            if (written > 0 && writer.Append(layout, wire.Written) is { } reason)
            {
                Count(reason, written);
            }
            else
            {
                metrics.Logged(written);
            }
        }
        finally
        {
            wire.Clear();
        }
    }

    /// <returns>How many rows are in the frames.</returns>
    private int Encode(
        WireWriter wire, in PredictionCall call, BoundInputs inputs, Outcome<InferenceResult> outcome, int rows, int logged, out LoggedLayout layout)
    {
        var now = clock.GetUtcNow();
        var latency = clock.GetElapsedTime(call.Started);
        Span<byte> id = stackalloc byte[LongestId];
        id = id[..WriteId(call.PredictionId, now, id)];
        Span<int> places = stackalloc int[MostOnStack];
        var sampled = Sampling.Places(call.Model, id, rows, logged <= MostOnStack ? places[..logged] : new int[logged]);
        var features = _layouts.GetValue(call.Model, static model => new FeatureLayout(model));
        var encoder = new BlockEncoder(wire, call, inputs, outcome, features, catalog.Now.Environment) { Id = id, Time = now - latency, Latency = latency };
        var written = encoder.Write(sampled);
        layout = encoder.Layout;
        metrics.NotSampled(logged - sampled.Length);
        Count(DropReason.Size, sampled.Length - written);
        return written;
    }

    private static int WriteId(string? given, DateTimeOffset now, Span<byte> id)
    {
        if (given is not null)
        {
            return Encoding.UTF8.GetBytes(given, id);
        }
        PredictionIds.Write(now, id);
        return PredictionIds.TextSize;
    }

    private void Count(DropReason reason, int records)
    {
        if (records > 0)
        {
            metrics.Dropped(reason, records);
        }
    }
}
