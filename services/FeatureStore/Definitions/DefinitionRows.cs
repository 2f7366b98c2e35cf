using ModelOps.FeatureStore.Values;
using Npgsql;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Puts the rows of the definition tables together.</summary>
internal sealed class DefinitionRows
{
    private readonly Dictionary<string, Dictionary<string, Entity>> _entities = [];
    private readonly Dictionary<string, Dictionary<string, FeatureView>> _views = [];
    private readonly Dictionary<string, Dictionary<string, List<FeatureService>>> _services = [];

    public void AddEntity(NpgsqlDataReader row) =>
        In(_entities, row.GetString(0))[row.GetString(1)] = new(row.GetString(1), row.GetString(2), (FeatureType)row.GetInt16(3));

    public void AddView(NpgsqlDataReader row)
    {
        var (workspace, name) = (row.GetString(0), row.GetString(1));
        In(_views, workspace)[name] = new(workspace, name)
        {
            Version = row.GetInt64(2),
            Entity = _entities[workspace][row.GetString(3)],
            TtlSeconds = row.GetInt64(4),
            Online = row.GetBoolean(5),
            EventTimeColumn = row.GetString(6),
            Schema = [.. row.GetFieldValue<string[]>(7).Zip(row.GetFieldValue<short[]>(8), (field, type) => new Field(field, (FeatureType)type))],
        };
    }

    public void AddService(NpgsqlDataReader row)
    {
        var (workspace, name) = (row.GetString(0), row.GetString(1));
        var versions = In(_services, workspace);
        var features = row.GetFieldValue<string[]>(3).Zip(row.GetFieldValue<string[]>(4), row.GetFieldValue<long[]>(5));
        var service = new FeatureService(
            workspace, name, row.GetInt64(2), [.. features.Select(feature => new FeatureReference(feature.First, feature.Second, feature.Third))]);
        (versions.TryGetValue(name, out var known) ? known : versions[name] = []).Add(service);
    }

    public IReadOnlyDictionary<string, DefinitionSet> ToWorkspaces() => _entities.ToDictionary(
        workspace => workspace.Key,
        workspace => new DefinitionSet(
            workspace.Value,
            _views.GetValueOrDefault(workspace.Key, []),
            _services.GetValueOrDefault(workspace.Key, []).ToDictionary(service => service.Key, IReadOnlyList<FeatureService> (service) => service.Value)));

    private static Dictionary<string, T> In<T>(Dictionary<string, Dictionary<string, T>> all, string workspace) =>
        all.TryGetValue(workspace, out var known) ? known : all[workspace] = [];
}
