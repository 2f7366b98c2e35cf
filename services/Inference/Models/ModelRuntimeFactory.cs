using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Models.Trials;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models;

/// <summary>Builds what a version runs on, after looking at how it runs.</summary>
internal sealed class ModelRuntimeFactory(
    IOptions<ModelOptions> options, CircuitBreakers breakers, RunWatch watch, EmptyRun emptyRun, TimeProvider clock, ILogger<ModelRuntimeFactory> logger)
{
    /// <summary>A model whose run of one row takes longer gets threads of its own.</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromMilliseconds(2);

    /// <summary>What a row has to gain from a common run to be worth a hand-over, in empty runs: small models gain 4 to 14 (bench/README.md).</summary>
    private const int WorthHandingOver = 20;
    private const int RowsTogether = 8;
    private readonly RunLimits _limits = new(options.Value.MaxRunTime, options.Value.MaxOutputBytes);

    /// <summary>Builds a runtime.</summary>
    /// <param name="plan">What is to be served, and how.</param>
    /// <param name="ct">Ends the building between two runs.</param>
    /// <returns>The runtime, which owns the executables; when refused, they are disposed of.</returns>
    public Outcome<ModelRuntime> Create(RuntimePlan plan, CancellationToken ct)
    {
        var executables = new List<IExecutable> { plan.First };
        var isBuilt = false;
        try
        {
            using var trial = TrialOf(plan, plan.First);
            if (trial.WarmUp(options.Value.WarmUpRuns, rows: 1, out var ignored) is { } refusal)
            {
                return refusal;
            }
            if (ignored is not null)
            {
                Log.NotWarmedUp(logger, ignored.Detail);
            }
            ct.ThrowIfCancellationRequested();
            var traits = ignored is null ? BatchProbe.Look(trial) : BatchTraits.None;
            if (plan.Serving.Batching.Enabled == true && !traits.HasRows)
            {
                return Refusal.Invalid("serving.batching.enabled", "must not be true: rows of this model that run together do not give what each gives alone");
            }
            if (traits.HasRows && WarmUpBatches(trial, plan) is { } tooMuch)
            {
                return tooMuch;
            }
            ct.ThrowIfCancellationRequested();
            var oneRow = trial.LeastOfOneRow();
            if (AddSessions(plan, traits, executables, oneRow, ct) is { } notAnother)
            {
                return notAnother;
            }
            var runtime = Build(plan, traits, executables, oneRow < LongRun ? HowOnCallers(plan, traits, trial) : CallerRuns.Never);
            isBuilt = true;
            return runtime;
        }
        finally
        {
            if (!isBuilt)
            {
                executables.ForEach(executable => executable.Dispose());
            }
        }
    }

    private int InstancesOf(RuntimePlan plan) => SessionCounts.Instances(plan.Serving, options.Value);

    private TrialRuns TrialOf(RuntimePlan plan, IExecutable executable) =>
        new(new ModelInstance(executable, plan.Schema, plan.RunOptions(), _limits, new ModelStatistics(clock), clock), watch, InputsOf(plan), plan.Schema, clock);

    private static WarmUpInputs InputsOf(RuntimePlan plan) => new(plan.Schema, plan.Serving.WarmUp)
    {
        MayBeRefused = plan.Serving.Graph.Steps.Any(step => step.Encode is { Unknown: UnknownCategory.Reject }),
    };

    /// <summary>Runs of the sizes that the version names, or else of a full batch.</summary>
    private static Refusal? WarmUpBatches(TrialRuns trial, RuntimePlan plan)
    {
        var batching = plan.Serving.Batching;
        IReadOnlyList<int> full = batching.Enabled == false ? [] : [batching.MaxBatchSize];
        var sizes = plan.Serving.WarmUp.BatchSizes.Count > 0 ? plan.Serving.WarmUp.BatchSizes : full;
        return sizes.Select(rows => trial.WarmUp(1, rows, out _)).FirstOrDefault(refusal => refusal is not null);
    }

    /// <summary>Requests gather for a common run where the version asks for it, or where they are measured to gain by it.</summary>
    private CallerRuns HowOnCallers(RuntimePlan plan, BatchTraits traits, TrialRuns trial)
    {
        var batching = plan.Serving.Batching;
        if (batching.Enabled == true || batching.MaxQueueDelayMicroseconds > 0)
        {
            return CallerRuns.WhenAlone;
        }
        var rows = traits.HasRows ? Math.Min(RowsTogether, batching.MaxBatchSize) : 1;
        return trial.Gain(rows) >= WorthHandingOver * emptyRun.Least() ? CallerRuns.WhenAlone : CallerRuns.WhenIdle;
    }

    /// <summary>
    /// One session per instance where the version says so, or where its runs are short: those of one session wait for its locks, that of
    /// its arena above all, and two threads then make fewer runs of a small model than one does (bench/README.md).
    /// </summary>
    /// <returns>Why another session cannot be used; null when all are warm.</returns>
    private Refusal? AddSessions(RuntimePlan plan, BatchTraits traits, List<IExecutable> executables, TimeSpan oneRow, CancellationToken ct)
    {
        var isApart = plan.Serving.Instances.Sessions switch
        {
            SessionSharing.Shared => false,
            SessionSharing.PerInstance => true,
            _ => plan.MayBeCopied && oneRow < LongRun,
        };
        var sessions = isApart ? InstancesOf(plan) : 1;
        while (executables.Count < sessions)
        {
            ct.ThrowIfCancellationRequested();
            executables.Add(plan.Another());
            using var trial = TrialOf(plan, executables[^1]);
            if ((trial.WarmUp(options.Value.WarmUpRuns, rows: 1, out _) ?? (traits.HasRows ? WarmUpBatches(trial, plan) : null)) is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private ModelRuntime Build(RuntimePlan plan, BatchTraits traits, List<IExecutable> executables, CallerRuns callers)
    {
        var statistics = new ModelStatistics(clock);
        var breaker = breakers.For(plan.Key);
        var rules = BatchRules.Of(plan.Serving.Batching, traits.HasRows, options.Value.MaxQueuedRuns, clock.TimestampFrequency);
        var layout = traits.OutputRows is { } rows && plan.First.HasBindings ? BatchLayout.Of(plan.Schema, rows, Math.Max(1, rules.MaxRows)) : null;
        var slabs = layout is null ? [] : executables.ConvertAll(executable => new SlabPool(layout, executable));
        var instances = Enumerable.Range(0, InstancesOf(plan)).Select(number => new ModelInstance(
            executables[number % executables.Count], plan.Schema, plan.RunOptions(), _limits, statistics, clock)
        {
            Slabs = layout is null ? null : slabs[number % executables.Count],
            Breaker = breaker,
        }).ToList();
        return new ModelRuntime(executables, slabs, instances, new BatchScheduler(instances, rules, callers, statistics, watch, clock), statistics, breaker, clock);
    }
}

/// <summary>What is to be served, and how.</summary>
/// <param name="Schema">The model's tensors.</param>
/// <param name="Serving">How the version wants to be served.</param>
/// <param name="First">Its first executable.</param>
internal sealed record RuntimePlan(ModelSchema Schema, ServingConfiguration Serving, IExecutable First)
{
    /// <summary>Makes another executable of the same.</summary>
    public required Func<IExecutable> Another { get; init; }

    /// <summary>The version.</summary>
    public required VersionKey Key { get; init; }

    /// <summary>Whether it may be held more than once without having been asked to: it takes little memory, and none of a device.</summary>
    public required bool MayBeCopied { get; init; }

    /// <summary>Makes what each instance tells its runs.</summary>
    public required Func<RunOptions> RunOptions { get; init; }
}
