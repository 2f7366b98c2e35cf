using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.Runs;

/// <summary>
/// A stage of a run. It may be begun more than once (after a crash, or when something it needs was away), so it changes nothing
/// outside that a repeat would double.
/// </summary>
internal interface IStage
{
    /// <summary>One of <see cref="StageNames"/>.</summary>
    string Name { get; }

    /// <summary>Does the work. An exception says that it broke down; a call that got no answer, that something is away.</summary>
    Task<StageResult> ExecuteAsync(StageContext context, CancellationToken ct);
}

/// <summary>What a stage works on.</summary>
/// <param name="Run">The run.</param>
/// <param name="Pipeline">Its pipeline.</param>
/// <param name="Artifacts">What earlier stages left.</param>
internal sealed record StageContext(Run Run, PipelineDefinition Pipeline, RunArtifacts Artifacts)
{
    /// <summary>An output of an earlier stage.</summary>
    public string Output(string stage, string name) => Find(stage, name) ?? throw new InvalidOperationException($"stage {stage} has no output {name}");

    /// <summary>An output of an earlier stage, if it has it.</summary>
    public string? Find(string stage, string name) => Run.Stages.Single(known => known.Name == stage).Outputs.GetValueOrDefault(name);

    /// <summary>An artifact of an earlier stage.</summary>
    public Task<byte[]> ArtifactAsync(string name, CancellationToken ct) => Artifacts.ReadAsync(Run.Id, name, ct);
}

/// <summary>What became of a stage.</summary>
internal abstract record StageResult
{
    /// <summary>It is done.</summary>
    /// <param name="Outputs">Numbers and digests by name, for people.</param>
    public sealed record Done(IReadOnlyDictionary<string, string> Outputs) : StageResult
    {
        /// <summary>Bytes for later stages.</summary>
        public IReadOnlyDictionary<string, byte[]> Artifacts { get; init; } = new Dictionary<string, byte[]>();

        /// <summary>Version that was registered: the run is done.</summary>
        public long? Version { get; init; }
    }

    /// <summary>It cannot be done, and trying again would not help.</summary>
    /// <param name="Reason">Why, one line.</param>
    public sealed record Failed(string Reason) : StageResult;

    /// <summary>The candidate is not good enough.</summary>
    /// <param name="Outputs">Numbers by name.</param>
    /// <param name="Reason">Why, one line.</param>
    public sealed record Rejected(IReadOnlyDictionary<string, string> Outputs, string Reason) : StageResult;

    /// <summary>Something is not there yet.</summary>
    /// <param name="Reason">What, one line.</param>
    /// <param name="AtMost">How long it is waited for, from the first time on.</param>
    public sealed record Wait(string Reason, TimeSpan AtMost) : StageResult;
}
