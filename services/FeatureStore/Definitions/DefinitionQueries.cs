using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>A feature service with what is known of its features.</summary>
internal sealed record DescribedService(FeatureService Service, IReadOnlyList<SelectedFeature> Features);

/// <summary>What can be asked about definitions.</summary>
internal sealed class DefinitionQueries(DefinitionCatalog catalog)
{
    /// <summary>One view, in its newest version.</summary>
    public ValueTask<Outcome<FeatureView>> ViewAsync(string? workspace, string name, CancellationToken ct) => catalog.ViewAsync(workspace ?? "", name, ct);

    /// <summary>One feature service; version 0 stands for the newest.</summary>
    public async Task<Outcome<DescribedService>> ServiceAsync(string? workspace, string name, long version, CancellationToken ct) =>
        (await catalog.OfAsync(workspace ?? "", ct)).Then(defined => DefinitionCatalog.Find(defined, name, version).Then(service => Describe(defined, service)));

    private static Outcome<DescribedService> Describe(DefinitionSet defined, FeatureService service) =>
        Selection.Of(defined, new(service.Name, service.Version, [])).Then<DescribedService>(selection => new DescribedService(service, selection.Features));
}
