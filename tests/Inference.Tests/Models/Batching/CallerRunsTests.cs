using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Tensors;
using ModelOps.Inference.Tests.Support;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models.Batching;

/// <summary>On which thread a request runs.</summary>
public sealed class CallerRunsTests : IDisposable
{
    private static readonly ModelSchema Schema = new(
        [new("x", Datatype.Fp32, [-1, 1], ["N", ""])], [new("y", Datatype.Fp32, [-1, 1], ["N", ""])], allowNaN: true);

    private readonly RunWatch _watch = new(TimeProvider.System);

    public void Dispose() => _watch.Dispose();

    [Theory]
    [InlineData(CallerRuns.WhenIdle, false, true)]
    [InlineData(CallerRuns.WhenIdle, true, true)]
    [InlineData(CallerRuns.WhenAlone, true, true)]
    [InlineData(CallerRuns.WhenAlone, false, false)]
    [InlineData(CallerRuns.Never, true, false)]
    public async Task A_request_runs_on_its_callers_thread_when_it_gains_nothing_from_waiting(object callers, bool isAlone, bool isOnCaller)
    {
        using var session = new NotedSession(new(OnnxModels.AddConstant(1)), Schema);
        var statistics = new ModelStatistics(TimeProvider.System);
        using var options = new RunOptions();
        using var instance = new ModelInstance(session, Schema, options, new(TimeSpan.FromMinutes(1), 1 << 20), statistics, TimeProvider.System);
        var rules = BatchRules.Of(new BatchingConfiguration(), hasRows: true, maxQueued: 10, TimeProvider.System.TimestampFrequency);
        using var scheduler = new BatchScheduler([instance], rules, (CallerRuns)callers, statistics, _watch, TimeProvider.System);
        using var inputs = new BoundInputs(Schema);
        Assert.Null(inputs.Declare("x", "FP32", [1, 1], out var ordinal) ?? inputs.Fill(ordinal, Requests.Bytes([2f])) ?? inputs.Complete());

        var asked = new TaskCompletionSource<Task<Outcome<InferenceResult>>>();
        var caller = new Thread(() => asked.SetResult(scheduler.RunAsync(inputs, OutputSelection.All(Schema), rules.Demand(0, 0, 0, 1), isAlone, CancellationToken.None).AsTask()));
        caller.Start();
        using var result = (await await asked.Task).Value!;

        Assert.Equal(3, result.Outputs[0].FloatingPoint(0));
        Assert.Equal(isOnCaller, session.RanOn == caller.ManagedThreadId);
    }

    /// <summary>A session that says where it ran last.</summary>
    private sealed class NotedSession(InferenceSession session, ModelSchema schema) : IExecutable
    {
        private readonly SessionExecutable _session = new(session, schema);

        public int RanOn { get; private set; }

        public bool HasBindings => false;

        public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue[] inputs, string[] outputs)
        {
            RanOn = Environment.CurrentManagedThreadId;
            return _session.Run(options, inputs, outputs);
        }

        public OrtIoBinding CreateBinding() => _session.CreateBinding();

        public void Run(RunOptions options, OrtIoBinding binding) => _session.Run(options, binding);

        public void Dispose() => _session.Dispose();
    }
}
