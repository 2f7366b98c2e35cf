using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Which features a caller reads.</summary>
/// <param name="Service">Name of a feature service; empty: <paramref name="Features"/> says.</param>
/// <param name="ServiceVersion">Its version; 0: the newest.</param>
/// <param name="Features">References <c>view:feature</c>.</param>
internal sealed record FeatureQuery(string Service, long ServiceVersion, IReadOnlyList<string> Features);

/// <summary>Features that were found, in the order asked for.</summary>
/// <param name="Views">The views they are of, each once.</param>
/// <param name="Features">The features.</param>
internal sealed record Selection(IReadOnlyList<FeatureView> Views, IReadOnlyList<SelectedFeature> Features)
{
    private const int MaxFeatures = 1_000;

    /// <summary>Finds the features of a query.</summary>
    public static Outcome<Selection> Of(DefinitionSet defined, FeatureQuery query)
    {
        if (query.Service.Length > 0 == query.Features.Count > 0)
        {
            return Refusal.Invalid("feature_service", "must be present, or features, and not both");
        }
        if (query.Features.Count > MaxFeatures)
        {
            return Refusal.Invalid("features", $"must be at most {MaxFeatures:N0}, they are {query.Features.Count:N0}");
        }
        return query.Service.Length > 0
            ? DefinitionCatalog.Find(defined, query.Service, query.ServiceVersion)
                .Then(service => Resolve(defined, service.Features.Select(feature => (feature.View, feature.Feature))))
            : Parse(query.Features).Then(features => Resolve(defined, features));
    }

    /// <summary>Empty columns for so many entity rows.</summary>
    public FeatureColumn[] Columns(int rows) => [.. Features.Select(feature => new FeatureColumn(feature.View.Name, feature.Name, rows))];

    private static Outcome<List<(string View, string Feature)>> Parse(IReadOnlyList<string> references)
    {
        var parsed = new List<(string, string)>();
        foreach (var reference in references)
        {
            var parts = reference.Split(':', 3);
            if (parts.Length != 2 || !parts.All(DefinitionNames.IsName))
            {
                return Refusal.Invalid($"features[{parsed.Count}]", "must be written as view:feature");
            }
            parsed.Add((parts[0], parts[1]));
        }
        return parsed;
    }

    private static Outcome<Selection> Resolve(DefinitionSet defined, IEnumerable<(string View, string Feature)> references)
    {
        var views = new List<FeatureView>();
        var features = new List<SelectedFeature>();
        foreach (var (name, feature) in references)
        {
            var index = defined.Views.TryGetValue(name, out var view) ? view.IndexOf(feature) : -1;
            if (index < 0)
            {
                return Refusal.NotFound($"no feature {name}:{feature}");
            }
            var at = views.IndexOf(view!);
            if (at < 0)
            {
                at = views.Count;
                views.Add(view!);
            }
            features.Add(new(view!, at, index, feature));
        }
        return new Selection(views, features);
    }
}

/// <summary>A feature that was found.</summary>
/// <param name="View">Its view.</param>
/// <param name="ViewIndex">Place of the view among the views of the selection.</param>
/// <param name="Index">Place of the feature in the view's rows.</param>
/// <param name="Name">Its name.</param>
internal sealed record SelectedFeature(FeatureView View, int ViewIndex, int Index, string Name);
