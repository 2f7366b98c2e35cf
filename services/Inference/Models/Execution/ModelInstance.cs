using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Execution;

/// <summary>Runs batches of a model, one at a time, and gives each request in them its rows of the outputs.</summary>
internal sealed class ModelInstance(
    IExecutable executable, ModelSchema schema, RunOptions options, RunLimits limits, ModelStatistics statistics, TimeProvider clock) : IDisposable
{
    /// <summary>From here on a request alone in its run is worth a run of its own on the memory it came in.</summary>
    private const int LargeInput = 64 << 10;
    private readonly OutputSelection _all = OutputSelection.All(schema);
    private readonly List<QueuedRun> _alone = new(1);
    private readonly List<Outcome<InferenceResult>> _outcomes = [];
    private CancellationBox? _waiting;

    public RunLimits Limits => limits;

    public ModelStatistics Statistics => statistics;

    public RunGuard Guard { get; } = new(options);

    /// <summary>Requests that the instance runs next; empty between runs.</summary>
    public List<QueuedRun> Batch { get; } = [];

    /// <summary>Memory for batches of a model whose rows have a fixed size; null: every run brings its own.</summary>
    public SlabPool? Slabs { get; set; }

    /// <summary>Hears of runs that went well, and of those that failed by the model's fault; null where none is wanted.</summary>
    public CircuitBreaker? Breaker { get; init; }

    /// <summary>True when nobody waits for the run under way.</summary>
    public bool IsAbandoned => Volatile.Read(ref _waiting) is { Token.IsCancellationRequested: true };

    /// <summary>Runs the batch and completes every request in it.</summary>
    public void RunBatch()
    {
        try
        {
            Run(Batch);
        }
        finally
        {
            Batch.Clear();
        }
    }

    /// <summary>Runs one request, as long as nothing is scheduled on the instance.</summary>
    public Outcome<InferenceResult> RunAlone(BoundInputs inputs, OutputSelection outputs, CancellationToken ct)
    {
        var run = new QueuedRun(static _ => { });
        run.Begin(inputs, outputs, rows: 0, new(Level: 0, clock.GetTimestamp(), ExpiresAt: long.MaxValue), ct);
        var completion = run.Completion;
        Batch.Add(run);
        RunBatch();
        return completion.GetAwaiter().GetResult(); // which is there
    }

    public void Dispose() => Guard.Dispose();

    private void Run(List<QueuedRun> batch)
    {
        var rows = 0;
        foreach (var run in batch)
        {
            rows += run.Rows;
        }
        var times = new RunTimes { Started = clock.GetTimestamp() };
        Guard.Start(times.Started);
        _waiting = batch.Count == 1 && batch[0].Cancellation.CanBeCanceled ? new CancellationBox(batch[0].Cancellation) : null;
        try
        {
            var (memory, outputs) = Slabs is { } slabs && Fits(slabs, batch, rows) ? RunOnSlab(slabs, batch, rows, ref times) : RunOnOwnMemory(batch, rows, ref times);
            Guard.End();
            Answer(batch, rows, memory, outputs, ref times);
        }
        catch (Exception e) when (e is OnnxRuntimeException or OverflowException)
        {
            Guard.End();
            Fail(batch, e);
        }
        catch (Exception e)
        {
            // On a thread of the pool it would end the process, and here it would keep the instance and the requests for ever.
            Guard.End();
            batch.ForEach(run => run.Fail(e));
        }
        finally
        {
            _waiting = null;
        }
    }

    private static bool Fits(SlabPool slabs, List<QueuedRun> batch, int rows) =>
        rows <= slabs.Layout.Rows && rows > 0 && (batch.Count > 1 || batch[0].Inputs.Inputs[0].Raw.Length < LargeInput);

    private (RunMemory Memory, OutputTensor[]? Outputs) RunOnSlab(SlabPool slabs, List<QueuedRun> batch, int rows, ref RunTimes times)
    {
        var slab = slabs.Rent();
        try
        {
            var row = 0;
            foreach (var run in batch)
            {
                for (var ordinal = 0; ordinal < run.Inputs.Inputs.Length; ordinal++)
                {
                    run.Inputs.Inputs[ordinal].Raw.Span.CopyTo(slab.Input(ordinal, row));
                }
                row += run.Rows;
            }
            times.Gathered = clock.GetTimestamp();
            slab.Run(Guard.Options, rows);
            times.Inferred = clock.GetTimestamp();
            slab.Hold(batch.Count);
            return (slab, null);
        }
        catch
        {
            slab.Dispose(); // what a run that failed left behind is not used again
            throw;
        }
    }

    private (RunMemory Memory, OutputTensor[]? Outputs) RunOnOwnMemory(List<QueuedRun> batch, int rows, ref RunTimes times)
    {
        using var inputs = new BatchInputs(schema, batch, rows);
        var wanted = batch.Count == 1 ? batch[0].Outputs : _all;
        times.Gathered = clock.GetTimestamp();
        var native = new NativeOutputs(executable.Run(Guard.Options, inputs.Values, wanted.Names));
        times.Inferred = clock.GetTimestamp();
        native.Hold(batch.Count);
        try
        {
            return (native, Array.ConvertAll([.. wanted.Schemas.Index()], output => Describe(output.Item, native.Values[output.Index])));
        }
        catch
        {
            native.Hold(1);
            native.Release();
            throw;
        }
    }

    private static unsafe OutputTensor Describe(TensorSchema schema, OrtValue value)
    {
        var type = value.GetTensorTypeAndShape();
        var elements = checked((int)type.ElementCount);
        return schema.Datatype.Size == 0 ? new(schema, type.Shape, elements, value, 0)
            : elements == 0 ? new(schema, type.Shape, 0, 0)
            : new(schema, type.Shape, elements, (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(value.GetTensorMutableRawData())));
    }

    private void Answer(List<QueuedRun> batch, int rows, RunMemory memory, OutputTensor[]? outputs, ref RunTimes times)
    {
        if (outputs is not null && batch.Count > 1 && outputs.Any(output => output.Shape is not [var first, ..] || first != rows))
        {
            // It gave rows when it was tried, and on these inputs it does not: nothing says which output belongs to whom.
            memory.Hold(1);
            memory.Release();
            RunAlone(batch);
            return;
        }
        times.Answered = clock.GetTimestamp();
        statistics.Executed(Math.Max(1, rows), times.Gathered - times.Started, times.Inferred - times.Gathered, times.Answered - times.Inferred);
        Divide(batch, memory, outputs);
        Breaker?.Succeeded(); // also where an output is too large to be answered: some models let a caller choose that
        for (var i = 0; i < _outcomes.Count; i++)
        {
            Count(batch[i], _outcomes[i], times);
            if (batch[i].Trace is { } trace)
            {
                RunSpans.Record(trace, batch[i].QueuedAt, times, rows, clock);
            }
            batch[i].Complete(_outcomes[i]);
        }
        _outcomes.Clear();
    }

    /// <summary>Gives each request its rows, before the first of them is completed: what fails here fails for all.</summary>
    private void Divide(List<QueuedRun> batch, RunMemory memory, OutputTensor[]? outputs)
    {
        _outcomes.Clear();
        var row = 0;
        foreach (var run in batch)
        {
            _outcomes.Add(Bounded(new(outputs is null ? FromSlab(run, (BatchSlab)memory, row) : FromOutputs(run, batch.Count, outputs, row), memory)));
            row += run.Rows;
        }
    }

    private void Count(QueuedRun run, Outcome<InferenceResult> outcome, in RunTimes times)
    {
        if (outcome.Succeeded)
        {
            statistics.Succeeded(
                times.Started - run.QueuedAt, times.Gathered - times.Started, times.Inferred - times.Gathered, times.Answered - times.Inferred, Math.Max(1, run.Rows));
        }
        else
        {
            statistics.Failed(FailureReason.Backend, times.Answered - run.QueuedAt);
        }
    }

    private static OutputTensor[] FromSlab(QueuedRun run, BatchSlab slab, int row)
    {
        var selection = run.Outputs;
        var shapes = slab.Layout.OutputShapes(run.Rows);
        var outputs = new OutputTensor[selection.Ordinals.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var ordinal = selection.Ordinals[i];
            var schema = selection.Schemas[i];
            outputs[i] = new(schema, shapes[ordinal], slab.Layout.Outputs[ordinal].Bytes / schema.Datatype.Size * run.Rows, slab.Output(ordinal, row));
        }
        return outputs;
    }

    private static OutputTensor[] FromOutputs(QueuedRun run, int requests, OutputTensor[] outputs, int row) =>
        requests == 1 ? outputs : Array.ConvertAll(run.Outputs.Ordinals, ordinal => outputs[ordinal].Rows(row, run.Rows));

    /// <summary>Some models let a caller choose how much they put out.</summary>
    private Outcome<InferenceResult> Bounded(InferenceResult result)
    {
        var bytes = result.Bytes;
        if (bytes <= limits.MaxOutputBytes)
        {
            return result;
        }
        result.Dispose();
        return new Refusal(RefusalKind.TooLarge, $"the outputs take {bytes} bytes, at most {limits.MaxOutputBytes} are answered");
    }

    private void Fail(List<QueuedRun> batch, Exception error)
    {
        if (Guard.TookTooLong)
        {
            var tooLong = new Refusal(RefusalKind.DeadlineExceeded, $"the model ran longer than {limits.MaxRunTime.TotalSeconds:0.###} s and was stopped");
            Breaker?.Failed(tooLong.Detail);
            FailAll(batch, tooLong);
        }
        else if (batch.Count > 1)
        {
            RunAlone(batch);
        }
        else if (batch[0].Cancellation.IsCancellationRequested)
        {
            statistics.Failed(FailureReason.Canceled, clock.GetTimestamp() - batch[0].QueuedAt);
            batch[0].Abandon();
        }
        else if (OnnxErrors.IsFault(error))
        {
            var fault = new Refusal(OnnxErrors.IsOutOfMemory(error) ? RefusalKind.ResourceExhausted : RefusalKind.Unavailable, $"the model failed: {OnnxErrors.Reason(error)}");
            Breaker?.Failed(fault.Detail);
            FailAll(batch, fault);
        }
        else
        {
            FailAll(batch, new(RefusalKind.Invalid, $"the model does not run on these inputs: {OnnxErrors.Reason(error)}"));
        }
    }

    private void FailAll(List<QueuedRun> batch, Refusal refusal)
    {
        foreach (var run in batch)
        {
            statistics.Failed(FailureReason.Backend, clock.GetTimestamp() - run.QueuedAt);
            run.Complete(refusal);
        }
    }

    /// <summary>One request must not spoil the others' answers: each runs for itself.</summary>
    private void RunAlone(List<QueuedRun> batch)
    {
        foreach (var run in batch)
        {
            _alone.Clear();
            _alone.Add(run);
            Run(_alone);
        }
        _alone.Clear();
    }

    /// <summary>A token as a reference, so that it can be read while it is replaced.</summary>
    private sealed record CancellationBox(CancellationToken Token);
}
