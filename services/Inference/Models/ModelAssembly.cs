using ModelOps.Inference.Models.Caching;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Puts a version together that can run: with its measurements, and with a cache where it wants one. What its serving configuration breaks is refused.</summary>
internal sealed class ModelAssembly(PhaseMetrics phases, ResponseCache cache, IEnumerable<IServingRule> rules, TimeProvider clock)
{
    /// <returns>The version, which owns the runtime; when refused, the runtime is disposed of.</returns>
    public Outcome<LoadedModel> Assemble(ModelSource source, ModelSchema schema, ModelCard card, ModelRuntime runtime, string provider)
    {
        runtime.Statistics.Phases = phases.Of(source.Key);
        var model = new LoadedModel(source.Key, schema, card, runtime)
        {
            FeatureService = source.FeatureService,
            Serving = source.Serving,
            Cache = source.Serving.ResponseCache.Enabled ? new VersionCache(cache, runtime.Statistics, clock) : null,
            Provider = provider,
        };
        if (rules.Select(rule => rule.Check(model)).FirstOrDefault(broken => broken is not null) is not { } refusal)
        {
            return model;
        }
        model.Release();
        return refusal;
    }
}
