using System.Diagnostics;
using System.Threading.Tasks.Sources;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Batching;

/// <summary>
/// A request on its way through the scheduler. It is awaited once and then used for the next request: whoever completes it
/// does not touch it afterwards.
/// </summary>
internal sealed class QueuedRun(Action<QueuedRun> recycle) : IValueTaskSource<Outcome<InferenceResult>>
{
    private ManualResetValueTaskSourceCore<Outcome<InferenceResult>> _completion = new() { RunContinuationsAsynchronously = true };

    public BoundInputs Inputs { get; private set; } = null!;

    public OutputSelection Outputs { get; private set; } = null!;

    /// <summary>Rows that it brings; 0 where they cannot be told: the model has no batch dimension, the inputs differ in theirs, or it is empty.</summary>
    public int Rows { get; private set; }

    /// <summary>Level of priority, 0 is the highest.</summary>
    public int Level { get; private set; }

    /// <summary>When it was queued, as a timestamp of the clock.</summary>
    public long QueuedAt { get; private set; }

    /// <summary>Until when it may wait; <see cref="long.MaxValue"/>: as long as its caller does.</summary>
    public long ExpiresAt { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>The span of the request; null when it is not traced.</summary>
    public Activity? Trace { get; private set; }

    public ValueTask<Outcome<InferenceResult>> Completion => new(this, _completion.Version);

    /// <summary>Takes over a request.</summary>
    public void Begin(BoundInputs inputs, OutputSelection outputs, int rows, in RunDemand demand, CancellationToken ct) =>
        (Inputs, Outputs, Rows, Level, QueuedAt, ExpiresAt, Cancellation, Trace) =
            (inputs, outputs, rows, demand.Level, demand.QueuedAt, demand.ExpiresAt, ct, Activity.Current is { IsAllDataRequested: true } trace ? trace : null);

    public void Complete(Outcome<InferenceResult> outcome) => _completion.SetResult(outcome);

    /// <summary>Completes a request with a bug of ours, which whoever answers it logs.</summary>
    public void Fail(Exception bug) => _completion.SetException(bug);

    /// <summary>Completes a request whose caller is gone.</summary>
    public void Abandon() => _completion.SetException(new OperationCanceledException(Cancellation));

    Outcome<InferenceResult> IValueTaskSource<Outcome<InferenceResult>>.GetResult(short token)
    {
        try
        {
            return _completion.GetResult(token);
        }
        finally
        {
            _completion.Reset();
            (Inputs, Outputs, Cancellation, Trace) = (null!, null!, default, null);
            recycle(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<Outcome<InferenceResult>>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<Outcome<InferenceResult>>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _completion.OnCompleted(continuation, state, token, flags);
}

/// <summary>What a request asks of the queue.</summary>
/// <param name="Level">Level of priority, 0 is the highest.</param>
/// <param name="QueuedAt">When it is queued.</param>
/// <param name="ExpiresAt">Until when it may wait; <see cref="long.MaxValue"/>: no limit of its own.</param>
internal readonly record struct RunDemand(int Level, long QueuedAt, long ExpiresAt);
