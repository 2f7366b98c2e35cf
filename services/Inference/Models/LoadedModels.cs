using ModelOps.Inference.Models.Caching;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Tensors;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Puts loaded versions together from what they run on and what is registered with them, and checks that the two fit.</summary>
internal sealed class LoadedModels(IEnumerable<IServingRule> rules, PhaseMetrics phases, ResponseCache cache, TimeProvider clock)
{
    /// <summary>Puts a version together.</summary>
    /// <param name="source">What is registered.</param>
    /// <param name="schema">Its tensors.</param>
    /// <param name="card">What its file says of itself.</param>
    /// <param name="runtime">What it runs on; disposed of when refused.</param>
    /// <param name="sessions">What made its sessions.</param>
    public Outcome<LoadedModel> Create(ModelSource source, ModelSchema schema, ModelCard card, ModelRuntime runtime, VersionSessions sessions)
    {
        runtime.Statistics.Phases = phases.Of(source.Key);
        var model = new LoadedModel(source.Key, schema, card, runtime)
        {
            FeatureService = source.FeatureService,
            Serving = source.Serving,
            Cache = source.Serving.ResponseCache.Enabled ? new VersionCache(cache, runtime.Rules, runtime.Statistics, clock) : null,
            Provider = sessions.ProviderInUse,
            UnmetWishes = sessions.UnmetWishes,
            Sha256 = source.Sha256,
        };
        if (rules.Select(rule => rule.Check(model)).FirstOrDefault(broken => broken is not null) is not { } refusal)
        {
            return model;
        }
        model.Release();
        return refusal;
    }
}
