using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>
/// What applying a file changes. A view only ever grows: a feature that the file does not name stays, one that is new is added at
/// the end under the view's next version. A type, an entity or a join key that differs is refused, since it would give
/// stored values another meaning.
/// </summary>
internal sealed class DefinitionPlan
{
    private const string ReservedName = "event_time";
    private const int MaxPerWorkspace = 1_000;
    private const int MaxFeaturesPerView = 1_000;
    private const int MaxFeaturesPerService = 1_000;

    private readonly string _workspace;
    private readonly Dictionary<string, Entity> _entities;
    private readonly Dictionary<string, FeatureView> _views;
    private readonly DefinitionSet _current;
    private readonly List<string> _changes = [];
    private readonly List<Entity> _newEntities = [];
    private readonly List<FeatureView> _changedViews = [];
    private readonly List<FeatureService> _newServices = [];

    private DefinitionPlan(string workspace, DefinitionSet current)
    {
        (_workspace, _current) = (workspace, current);
        _entities = new(current.Entities);
        _views = new(current.Views);
    }

    /// <summary>One line for each difference.</summary>
    public IReadOnlyList<string> Changes => _changes;

    /// <summary>Entities to add.</summary>
    public IReadOnlyList<Entity> NewEntities => _newEntities;

    /// <summary>Views to write under their version: new ones, new versions, and such whose options differ.</summary>
    public IReadOnlyList<FeatureView> ChangedViews => _changedViews;

    /// <summary>Versions of services to add.</summary>
    public IReadOnlyList<FeatureService> NewServices => _newServices;

    /// <summary>Compares a file with what is defined.</summary>
    public static Outcome<DefinitionPlan> Of(string workspace, DefinitionSet current, DefinitionFile file)
    {
        var plan = new DefinitionPlan(workspace, current);
        var refusals = file.Entities.Select(plan.Take).Concat(file.Views.Select(plan.Take)).Concat(file.Services.Select(plan.Take));
        return (refusals.FirstOrDefault(refusal => refusal is not null) ?? plan.CheckSize()) is { } refused ? refused : plan;
    }

    private Refusal? Take(Entity entity)
    {
        if (!_entities.TryGetValue(entity.Name, out var known))
        {
            _entities[entity.Name] = entity;
            _newEntities.Add(entity);
            _changes.Add($"entity {entity.Name}: added");
            return null;
        }
        return known == entity
            ? null
            : Meaning(
                $"entity {entity.Name} has the join key {known.JoinKey} of type {FeatureNames.Of(known.Type)}; "
                + $"it cannot become {entity.JoinKey} of type {FeatureNames.Of(entity.Type)}");
    }

    private Refusal? Take(ViewDefinition view)
    {
        if (!_entities.TryGetValue(view.Entity, out var entity))
        {
            return Invalid(view.Line, $"view {view.Name} is about entity {view.Entity}, which is not defined");
        }
        if (view.Schema.Any(field => field.Name == entity.JoinKey || field.Name == view.EventTimeColumn) || entity.JoinKey == view.EventTimeColumn)
        {
            return Invalid(view.Line, $"the join key, the event time and the features of view {view.Name} must have different names");
        }
        if (view.Schema.Any(field => field.Name == ReservedName))
        {
            return Invalid(view.Line, $"view {view.Name} has a feature {ReservedName}, which is what the time of a pushed row is called");
        }
        return _views.TryGetValue(view.Name, out var known) ? Change(known, view) : Add(view, entity);
    }

    private Refusal? Add(ViewDefinition view, Entity entity)
    {
        _changes.Add($"view {view.Name}: added");
        return Keep(new(_workspace, view.Name)
        {
            Version = 1,
            Entity = entity,
            Schema = view.Schema,
            TtlSeconds = view.TtlSeconds,
            Online = view.Online,
            EventTimeColumn = view.EventTimeColumn,
        });
    }

    private Refusal? Change(FeatureView known, ViewDefinition view)
    {
        if (known.Entity.Name != view.Entity)
        {
            return Meaning($"view {view.Name} is about entity {known.Entity.Name}; it cannot become one about {view.Entity}");
        }
        if (view.Schema.FirstOrDefault(field => known.IndexOf(field.Name) is >= 0 and var at && known.Schema[at].Type != field.Type) is { } other)
        {
            var type = known.Schema[known.IndexOf(other.Name)].Type;
            return Meaning($"feature {view.Name}:{other.Name} is {FeatureNames.Of(type)}; it cannot become {FeatureNames.Of(other.Type)}");
        }
        List<Field> added = [.. view.Schema.Where(field => known.IndexOf(field.Name) < 0)];
        List<string> differences = [.. Differences(known, view)];
        if (added.Count == 0 && differences.Count == 0)
        {
            return null;
        }
        var version = known.Version + (added.Count > 0 ? 1 : 0);
        _changes.AddRange(differences.Select(difference => $"view {view.Name}: {difference}"));
        _changes.AddRange(added.Select(field => $"view {view.Name}: feature {field.Name} added in version {version}"));
        return Keep(known with
        {
            Version = version,
            Schema = [.. known.Schema, .. added],
            TtlSeconds = view.TtlSeconds,
            Online = view.Online,
            EventTimeColumn = view.EventTimeColumn,
        });
    }

    private static IEnumerable<string> Differences(FeatureView known, ViewDefinition view)
    {
        if (known.TtlSeconds != view.TtlSeconds)
        {
            yield return $"ttl {known.TtlSeconds} s became {view.TtlSeconds} s";
        }
        if (known.Online != view.Online)
        {
            yield return view.Online ? "became online" : "is no longer online";
        }
        if (known.EventTimeColumn != view.EventTimeColumn)
        {
            yield return $"event time column {known.EventTimeColumn} became {view.EventTimeColumn}";
        }
    }

    private Refusal? Keep(FeatureView view)
    {
        _views[view.Name] = view;
        _changedViews.Add(view);
        return view.Schema.Count <= MaxFeaturesPerView
            ? null
            : Refusal.Invalid("definitions", $"view {view.Name} would have {view.Schema.Count:N0} features, {MaxFeaturesPerView:N0} are allowed");
    }

    private Refusal? Take(ServiceDefinition service)
    {
        var features = new List<FeatureReference>();
        foreach (var term in service.Features)
        {
            if (!_views.TryGetValue(term.View, out var view))
            {
                return Invalid(term.Line, $"service {service.Name} reads view {term.View}, which is not defined");
            }
            if (term.Feature is { } name && view.IndexOf(name) < 0)
            {
                return Invalid(term.Line, $"service {service.Name} reads {term.View}:{name}, which is not a feature of the view");
            }
            var names = term.Feature is { } one ? [one] : view.Schema.Select(field => field.Name);
            features.AddRange(names.Select(feature => new FeatureReference(view.Name, feature, view.Version)));
        }
        return features.Count <= MaxFeaturesPerService && features.DistinctBy(feature => (feature.View, feature.Feature)).Count() == features.Count
            ? Keep(service.Name, features)
            : Invalid(service.Line, $"service {service.Name} must read each feature once, and at most {MaxFeaturesPerService:N0}");
    }

    private Refusal? Keep(string name, List<FeatureReference> features)
    {
        var newest = _current.Services.GetValueOrDefault(name)?[^1];
        // A view that grew in what the service does not read is no reason for another version.
        if (newest is null || !newest.Features.Select(Named).SequenceEqual(features.Select(Named)))
        {
            var version = (newest?.Version ?? 0) + 1;
            _newServices.Add(new(_workspace, name, version, features));
            _changes.Add(newest is null ? $"service {name}: added" : $"service {name}: version {version} added");
        }
        return null;
    }

    private static (string View, string Feature) Named(FeatureReference reference) => (reference.View, reference.Feature);

    private Refusal? CheckSize()
    {
        var services = _current.Services.Count + _newServices.Count(service => service.Version == 1);
        return Math.Max(services, Math.Max(_entities.Count, _views.Count)) <= MaxPerWorkspace
            ? null
            : new Refusal(RefusalKind.FailedPrecondition, $"a workspace may have at most {MaxPerWorkspace:N0} entities, views and services each");
    }

    private static Refusal Invalid(int line, string rule) => Refusal.Invalid("definitions", $"line {line}: {rule}");

    private static Refusal Meaning(string rule) => new(RefusalKind.FailedPrecondition, rule);
}
