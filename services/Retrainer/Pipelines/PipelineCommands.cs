using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>Sets and gives pipelines.</summary>
internal sealed class PipelineCommands(PipelineStore store, TimeProvider clock)
{
    /// <summary>Sets the pipeline of a model.</summary>
    public async Task<Outcome<StoredPipeline>> SetAsync(ModelKey key, string definition, CancellationToken ct)
    {
        if ((key.Check() ?? PipelineReader.Read(definition, key.Name).Refusal) is { } refusal)
        {
            return refusal;
        }
        return await store.SetAsync(key, definition, clock.GetUtcNow(), ct);
    }

    /// <summary>The pipeline of a model.</summary>
    public async Task<Outcome<StoredPipeline>> GetAsync(ModelKey key, CancellationToken ct)
    {
        if (key.Check() is { } refusal)
        {
            return refusal;
        }
        return await store.FindAsync(key, ct) is { } found ? found : Missing(key);
    }

    /// <summary>What is said of a model without a pipeline.</summary>
    public static Refusal Missing(ModelKey key) => Refusal.NotFound($"{key} has no pipeline");
}
