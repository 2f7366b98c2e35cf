using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Trials;

/// <summary>Runs of a model before it is ready: they allocate, choose kernels, and show what nothing in the file says.</summary>
internal sealed class TrialRuns : IDisposable
{
    private const int MostTimedRuns = 32;
    private static readonly TimeSpan TimedLongEnough = TimeSpan.FromMilliseconds(50);
    private readonly ModelInstance _instance;
    private readonly RunWatch _watch;
    private readonly OutputSelection _all;
    private readonly TimeProvider _clock;

    public TrialRuns(ModelInstance instance, RunWatch watch, WarmUpInputs inputs, ModelSchema schema, TimeProvider clock)
    {
        (_instance, _watch, Inputs, Schema, _all, _clock) = (instance, watch, inputs, schema, OutputSelection.All(schema), clock);
        watch.Add(instance);
    }

    public WarmUpInputs Inputs { get; }

    public ModelSchema Schema { get; }

    /// <summary>Runs on zeros.</summary>
    /// <returns>Why the model cannot be used; null when it can, or nobody can say which inputs it would run on.</returns>
    public Refusal? WarmUp(int runs, int rows, out Refusal? ignored)
    {
        ignored = null;
        for (var i = 0; i < runs; i++)
        {
            using var inputs = Inputs.Zeros(rows);
            if (inputs is null)
            {
                return null;
            }
            var outcome = _instance.RunAlone(inputs, _all, CancellationToken.None);
            outcome.Value?.Dispose();
            if (outcome.Refusal is { } refusal)
            {
                // Where lengths are free beyond the first dimension, a one may be a length the model cannot work with.
                ignored = refusal.Kind == RefusalKind.Invalid && Inputs.IsGuess ? refusal : null;
                return ignored is null ? Refusal.Invalid("model", $"the first run failed: {refusal.Detail}") : null;
            }
        }
        return null;
    }

    /// <summary>Runs once.</summary>
    /// <returns>The outputs; null when it does not run on these inputs, or there are none.</returns>
    public InferenceResult? Run(BoundInputs? inputs)
    {
        using (inputs)
        {
            return inputs is null ? null : _instance.RunAlone(inputs, _all, CancellationToken.None).Value;
        }
    }

    /// <summary>The least time of some runs that the model itself took: around it, code is still being compiled when a model is tried.</summary>
    public TimeSpan LeastOfOneRow()
    {
        var started = _clock.GetTimestamp();
        var least = Time(0, rows: 1);
        for (var i = 1; i < MostTimedRuns && _clock.GetElapsedTime(started) < TimedLongEnough; i++)
        {
            least = Lesser(least, Time(i, rows: 1));
        }
        return least;
    }

    /// <summary>What a row gains when several run together, by the least times of runs that are taken in turn: a machine changes its speed.</summary>
    /// <param name="rows">How many run together.</param>
    public TimeSpan Gain(int rows)
    {
        var started = _clock.GetTimestamp();
        var (alone, together) = (Time(0, rows: 1), Time(0, rows));
        for (var i = 1; i < MostTimedRuns && _clock.GetElapsedTime(started) < TimedLongEnough; i++)
        {
            (alone, together) = (Lesser(alone, Time(i, rows: 1)), Lesser(together, Time(i, rows)));
        }
        return alone - (together / rows);
    }

    public void Dispose()
    {
        _watch.Remove(_instance);
        _instance.Dispose();
    }

    private static TimeSpan Lesser(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private TimeSpan Time(int number, int rows)
    {
        var before = _instance.Statistics.Snapshot().ComputeInfer.Nanoseconds;
        Run(Inputs.Numbered(number, rows))?.Dispose();
        return TimeSpan.FromMicroseconds((_instance.Statistics.Snapshot().ComputeInfer.Nanoseconds - before) / 1e3);
    }
}
