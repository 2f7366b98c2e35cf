using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>What a loaded version runs on: sessions, the instances that use them, and the scheduler in front.</summary>
internal sealed class ModelRuntime(
    IReadOnlyList<IExecutable> executables,
    IReadOnlyList<SlabPool> slabs,
    IReadOnlyList<ModelInstance> instances,
    BatchScheduler scheduler,
    ModelStatistics statistics,
    CircuitBreaker breaker,
    TimeProvider clock) : IDisposable
{
    public ModelStatistics Statistics => statistics;

    /// <summary>Takes the version out while its runs fail.</summary>
    public CircuitBreaker Breaker => breaker;

    public BatchRules Rules => scheduler.Rules;

    /// <summary>Runs at the same time.</summary>
    public int Instances => instances.Count;

    /// <summary>When requests run on the threads of their callers.</summary>
    public CallerRuns Callers => scheduler.Callers;

    /// <summary>Sessions that they run on.</summary>
    public int Sessions => executables.Count;

    /// <summary>Runs a request, alone or with others.</summary>
    public ValueTask<Outcome<InferenceResult>> RunAsync(BoundInputs inputs, OutputSelection outputs, in RunPreferences preferences, bool isAlone, CancellationToken ct)
    {
        var demand = scheduler.Rules.Demand(preferences.Priority, preferences.TimeoutMicroseconds, clock.GetTimestamp(), clock.TimestampFrequency);
        return scheduler.RunAsync(inputs, outputs, demand, isAlone, ct);
    }

    public void Dispose()
    {
        scheduler.Dispose();
        foreach (var part in slabs.Concat<IDisposable>(instances).Concat(executables))
        {
            part.Dispose();
        }
    }
}

/// <summary>What a request asks of the scheduler by its parameters.</summary>
/// <param name="Priority">1 is the highest; 0: not said.</param>
/// <param name="TimeoutMicroseconds">How long it may wait; 0: not said.</param>
internal readonly record struct RunPreferences(ulong Priority, long TimeoutMicroseconds);
