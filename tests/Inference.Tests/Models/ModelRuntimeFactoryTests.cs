using System.Diagnostics;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.DesiredState;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Models.Trials;
using ModelOps.Inference.Tensors;
using ModelOps.Inference.Tests.Support;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models;

/// <summary>How many sessions a version gets.</summary>
public sealed class ModelRuntimeFactoryTests : IDisposable
{
    private static readonly ModelSchema Schema = new(
        [new("x", Datatype.Fp32, [-1, 1], ["N", ""])], [new("y", Datatype.Fp32, [-1, 1], ["N", ""])], allowNaN: true);

    private readonly RunWatch _watch = new(TimeProvider.System);

    public void Dispose() => _watch.Dispose();

    [Theory]
    [InlineData(SessionSharing.Auto, true, 3)] // a run of it takes microseconds
    [InlineData(SessionSharing.Auto, false, 1)]
    [InlineData(SessionSharing.Shared, true, 1)]
    [InlineData(SessionSharing.PerInstance, false, 3)]
    public void Short_runs_do_not_share_a_session_unless_it_is_said_or_dear(SessionSharing sharing, bool mayBeCopied, int sessions)
    {
        using var runtime = Create(sharing, mayBeCopied, () => new SessionExecutable(new(OnnxModels.AddConstant(1)), Schema));

        Assert.Equal((3, sessions), (runtime.Instances, runtime.Sessions));
    }

    [Fact]
    public void Long_runs_share_a_session()
    {
        using var runtime = Create(SessionSharing.Auto, mayBeCopied: true, () => new SlowSession(new(OnnxModels.AddConstant(1)), Schema));

        Assert.Equal((3, 1), (runtime.Instances, runtime.Sessions));
    }

    [Theory]
    [InlineData(SessionSharing.Auto, 4 << 20, 3)]
    [InlineData(SessionSharing.Auto, (4 << 20) + 1, 1)]
    [InlineData(SessionSharing.Shared, 1, 1)]
    [InlineData(SessionSharing.PerInstance, (4 << 20) + 1, 3)]
    public void Memory_is_planned_for_every_session_that_a_version_may_get(SessionSharing sharing, int bytes, int sessions)
    {
        var source = new ModelSource(new("default", "m", 1), new byte[bytes])
        {
            Sha256 = "",
            Folder = "",
            Serving = new() { Instances = new() { Count = 3, Sessions = sharing } },
        };

        var most = SessionCounts.Most(source, new ModelOptions());

        Assert.Equal(sessions, most);
        Assert.Equal((2L * bytes * sessions) + (8 << 20), MemoryPlan.Estimate(source, most));
    }

    private ModelRuntime Create(SessionSharing sharing, bool mayBeCopied, Func<IExecutable> another)
    {
        var options = Options.Create(new ModelOptions());
        using var emptyRun = new EmptyRun(TimeProvider.System);
        var factory = new ModelRuntimeFactory(
            options, new CircuitBreakers(Options.Create(new BreakerOptions()), TimeProvider.System, new LogLines<CircuitBreaker>()), _watch, emptyRun, TimeProvider.System, new LogLines<ModelRuntimeFactory>());
        var serving = new ServingConfiguration { Instances = new() { Count = 3, Sessions = sharing } };
        return factory.Create(
            new RuntimePlan(Schema, serving, another()) { Key = new("default", "m", 1), Another = another, MayBeCopied = mayBeCopied, RunOptions = () => new RunOptions() }, default).Value!;
    }

    /// <summary>A session whose runs take 3 ms.</summary>
    private sealed class SlowSession(InferenceSession session, ModelSchema schema) : IExecutable
    {
        private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(3);
        private readonly SessionExecutable _session = new(session, schema);

        public bool HasBindings => false;

        public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue[] inputs, string[] outputs)
        {
            var started = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(started) > Length);
            return _session.Run(options, inputs, outputs);
        }

        public OrtIoBinding CreateBinding() => _session.CreateBinding();

        public void Run(RunOptions options, OrtIoBinding binding) => _session.Run(options, binding);

        public void Dispose() => _session.Dispose();
    }
}
