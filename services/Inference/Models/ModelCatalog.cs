using System.Globalization;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>Finds the model that a request names. Readers take no lock: each look is at one snapshot.</summary>
internal sealed class ModelCatalog
{
    private volatile CatalogSnapshot _now = CatalogSnapshot.Empty;

    public CatalogSnapshot Now => _now;

    /// <summary>Replaces what is held. What is no longer in it has to be released afterwards, not before.</summary>
    public void Publish(CatalogSnapshot snapshot) => _now = snapshot;

    /// <summary>Leases the model that a request names, so that it stays loaded until the request is done.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Version as the caller wrote it; empty for the one that takes traffic.</param>
    public Outcome<ModelLease> Acquire(string model, string version)
    {
        while (true)
        {
            var snapshot = _now;
            var found = Find(snapshot, model, version);
            if (found.Value is not { } loaded)
            {
                return found.Refusal!;
            }
            if (loaded.TryAcquire())
            {
                return new ModelLease(loaded);
            }
            // Released between the look and the lease, and before that a newer snapshot was published.
        }
    }

    /// <summary>The versions of a model; null when the replica knows none.</summary>
    public ServedModel? Versions(string model) => _now.Models.GetValueOrDefault(new ModelName(ModelName.DefaultWorkspace, model));

    private static Outcome<LoadedModel> Find(CatalogSnapshot snapshot, string model, string version)
    {
        if (model.Length == 0)
        {
            return Refusal.Invalid("model_name", "must not be empty");
        }
        if (!snapshot.Models.TryGetValue(new ModelName(ModelName.DefaultWorkspace, model), out var served))
        {
            return Refusal.NotFound($"Request for unknown model: '{model}' is not found");
        }
        if (version.Length == 0)
        {
            return served.Primary is { } primary ? primary : NotReady(model, served.Versions.MaxBy(pair => pair.Key));
        }
        if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return Refusal.Invalid("model_version", $"must be a number, is '{version}'");
        }
        if (!served.Versions.TryGetValue(number, out var status))
        {
            return Refusal.NotFound($"Request for unknown model: '{model}' version {number} is not found");
        }
        return status.Loaded is { } loaded ? loaded : NotReady(model, KeyValuePair.Create(number, status));
    }

    private static Refusal NotReady(string model, KeyValuePair<long, VersionStatus> version)
    {
        var why = version.Value.State == LoadStage.Failed ? $"it failed to load: {version.Value.Reason}" : "it is being loaded";
        return new Refusal(RefusalKind.Unavailable, $"Request for unknown model: '{model}' version {version.Key} is not at ready state: {why}");
    }
}
