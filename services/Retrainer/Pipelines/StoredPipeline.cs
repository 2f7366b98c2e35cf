namespace ModelOps.Retrainer.Pipelines;

/// <summary>The pipeline of a model as it is stored.</summary>
/// <param name="Key">The model.</param>
/// <param name="Definition">The YAML as it was set.</param>
/// <param name="Revision">Grows with every change.</param>
/// <param name="UpdateTime">When it last changed.</param>
internal sealed record StoredPipeline(ModelKey Key, string Definition, long Revision, DateTimeOffset UpdateTime);
