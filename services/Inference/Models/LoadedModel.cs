using ModelOps.Inference.Models.Breaking;
using ModelOps.Inference.Models.Caching;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models;

/// <summary>
/// A version that is loaded and warmed up. It counts its users: taken out of service it answers those it has, and frees
/// its memory when the last one is done.
/// </summary>
internal sealed class LoadedModel(VersionKey key, ModelSchema schema, ModelCard card, ModelRuntime runtime)
{
    /// <summary>Whoever holds the version, and one request.</summary>
    private const int OwnerAndOne = 2;
    private int _users = 1;

    public VersionKey Key => key;

    /// <summary>The version as it travels in answers.</summary>
    public string Version { get; } = key.Version.ToString();

    public ModelSchema Schema => schema;

    public ModelCard Card => card;

    /// <summary>SHA-256 of its artifact, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The feature service that the version reads; null: none.</summary>
    public FeatureServiceReference? FeatureService { get; init; }

    /// <summary>How the version wants to be served.</summary>
    public ServingConfiguration Serving { get; init; } = ServingConfiguration.Default;

    /// <summary>The execution provider in use: tensorrt, cuda or cpu.</summary>
    public required string Provider { get; init; }

    /// <summary>What was wished for of its sessions and is not met, with why; empty: every wish is met.</summary>
    public required string UnmetWishes { get; init; }

    /// <summary>Answers kept for inputs that come again; null: none are.</summary>
    public VersionCache? Cache { get; init; }

    /// <summary>Takes the version out while its runs fail.</summary>
    public CircuitBreaker Breaker => runtime.Breaker;

    /// <summary>Every output, for requests that name none.</summary>
    public OutputSelection AllOutputs { get; } = OutputSelection.All(schema);

    /// <summary>What the version has done since it was loaded.</summary>
    public ModelStatistics Statistics => runtime.Statistics;

    /// <summary>Most rows that run together; 0 for a version that does not batch.</summary>
    public int MaxBatchSize => runtime.Rules.MaxRows;

    /// <summary>Runs at the same time.</summary>
    public int Instances => runtime.Instances;

    /// <summary>Runs a request with default preferences.</summary>
    public ValueTask<Outcome<InferenceResult>> RunAsync(BoundInputs inputs, OutputSelection outputs, CancellationToken ct) =>
        RunAsync(inputs, outputs, default, ct);

    /// <summary>The one way to run the model, unless an answer is kept: alone at once when no other request is under way, else with those that wait.</summary>
    public ValueTask<Outcome<InferenceResult>> RunAsync(BoundInputs inputs, OutputSelection outputs, in RunPreferences preferences, CancellationToken ct) =>
        Cache is null ? RunNowAsync(inputs, outputs, preferences, ct) : Cache.RunAsync(this, inputs, outputs, preferences, ct);

    /// <summary>Runs a request whatever is kept.</summary>
    public ValueTask<Outcome<InferenceResult>> RunNowAsync(BoundInputs inputs, OutputSelection outputs, in RunPreferences preferences, CancellationToken ct) =>
        Breaker.TryEnter(out var refusal)
            ? runtime.RunAsync(inputs, outputs, preferences, isAlone: Volatile.Read(ref _users) <= OwnerAndOne, ct)
            : ValueTask.FromResult<Outcome<InferenceResult>>(TurnedAway(refusal));

    private Refusal TurnedAway(Refusal refusal)
    {
        Statistics.Failed(FailureReason.Rejected, 0);
        return refusal;
    }

    /// <summary>Keeps the model loaded until the lease is disposed of.</summary>
    /// <returns>False when it was taken out of service already.</returns>
    public bool TryAcquire()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }
            users = seen;
        }
        return false;
    }

    /// <summary>Ends one use; the first use is that of whoever loaded the model.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Cache?.Dispose();
            runtime.Dispose();
        }
    }
}
