using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.Predict;

/// <summary>Counts values that were neither sent nor stored: a feature that is always defaulted is a fault nobody else reports.</summary>
internal sealed class DefaultedFeatureMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _defaulted = meters.Create("ModelOps.Inference").CreateCounter<long>(
        "modelops.inference.features.defaulted", "{value}", "Feature values that took their default, by model, version and reason: missing, or store_away.");

    public void Record(LoadedModel model, int values, bool storeIsAway)
    {
        if (values > 0)
        {
            _defaulted.Add(values, new TagList
            {
                { "model", model.Key.Model },
                { "version", model.Version },
                { "reason", storeIsAway ? "store_away" : "missing" },
            });
        }
    }
}
