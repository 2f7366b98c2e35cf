using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>
/// Runs requests on one session: so many at a time, a bounded number waiting, each stopped when its caller is gone or
/// when it takes too long.
/// </summary>
internal sealed class SessionRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly ModelSchema _schema;
    private readonly ModelOptions _options;
    private readonly TimeProvider _clock;
    private readonly string[] _inputNames;
    private readonly SemaphoreSlim _turns;
    private readonly Stack<RunSlot> _free;
    private readonly RunSlot[] _slots;
    private readonly ITimer _watchdog;
    private int _waiting;

    public SessionRunner(InferenceSession session, ModelSchema schema, ModelOptions options, TimeProvider clock)
    {
        (_session, _schema, _options, _clock) = (session, schema, options, clock);
        _inputNames = [.. schema.Inputs.Select(input => input.Name)];
        var concurrency = options.MaxConcurrentRuns > 0 ? options.MaxConcurrentRuns : Environment.ProcessorCount;
        _turns = new SemaphoreSlim(concurrency);
        _slots = [.. Enumerable.Range(0, concurrency).Select(_ => new RunSlot(schema.Inputs.Length))];
        _free = new Stack<RunSlot>(_slots);
        // One timer for all runs, so that a limit costs a run nothing; it looks four times within the limit.
        _watchdog = clock.CreateTimer(_ => StopOldRuns(), null, options.MaxRunTime / 4, options.MaxRunTime / 4);
    }

    /// <summary>Runs the model as soon as there is a free turn, on the caller's thread when there is one at once.</summary>
    public ValueTask<Outcome<InferenceResult>> RunAsync(BoundInputs inputs, OutputSelection outputs, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return _turns.Wait(0, CancellationToken.None) ? ValueTask.FromResult(RunAndRelease(inputs, outputs, ct)) : RunInTurnAsync(inputs, outputs, ct);
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _turns.Dispose();
        foreach (var slot in _slots)
        {
            slot.Dispose();
        }
        _session.Dispose();
    }

    private async ValueTask<Outcome<InferenceResult>> RunInTurnAsync(BoundInputs inputs, OutputSelection outputs, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > _options.MaxQueuedRuns)
        {
            Interlocked.Decrement(ref _waiting);
            return new Refusal(RefusalKind.ResourceExhausted, $"{_options.MaxQueuedRuns} requests are waiting for this model already");
        }
        try
        {
            await _turns.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        return RunAndRelease(inputs, outputs, ct);
    }

    private Outcome<InferenceResult> RunAndRelease(BoundInputs inputs, OutputSelection outputs, CancellationToken ct)
    {
        RunSlot slot;
        lock (_free)
        {
            slot = _free.Pop();
        }
        try
        {
            return Run(slot, inputs, outputs, ct);
        }
        finally
        {
            lock (_free)
            {
                _free.Push(slot);
            }
            _turns.Release();
        }
    }

    private Outcome<InferenceResult> Run(RunSlot slot, BoundInputs inputs, OutputSelection outputs, CancellationToken ct)
    {
        slot.Start(_clock.GetTimestamp());
        var cancellation = ct.UnsafeRegister(static state => ((RunSlot)state!).Stop(), slot);
        try
        {
            NativeTensors.Fill(slot, _schema.Inputs, inputs.Inputs);
            return Bounded(new InferenceResult(outputs.Schemas, _session.Run(slot.Options, _inputNames, slot.Values, outputs.Names)));
        }
        catch (OnnxRuntimeException) when (slot.TookTooLong)
        {
            return new Refusal(RefusalKind.DeadlineExceeded, $"the model ran longer than {_options.MaxRunTime.TotalSeconds:0.###} s and was stopped");
        }
        catch (OnnxRuntimeException e)
        {
            ct.ThrowIfCancellationRequested();
            return new Refusal(RefusalKind.Invalid, $"the model does not run on these inputs: {OnnxErrors.Reason(e)}");
        }
        finally
        {
            // Waits for a Stop under way, so that none can reach the slot's next run.
            cancellation.Dispose();
            slot.End();
        }
    }

    /// <summary>Some models let a caller choose how much they put out.</summary>
    private Outcome<InferenceResult> Bounded(InferenceResult result)
    {
        var bytes = result.Bytes;
        if (bytes <= _options.MaxOutputBytes)
        {
            return result;
        }
        result.Dispose();
        return new Refusal(RefusalKind.TooLarge, $"the outputs take {bytes} bytes, at most {_options.MaxOutputBytes} are answered");
    }

    private void StopOldRuns()
    {
        foreach (var slot in _slots)
        {
            slot.StopIfOlder(_options.MaxRunTime, _clock);
        }
    }
}
