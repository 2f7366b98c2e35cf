using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>Entity keys by join key, one column each, as a caller gave them.</summary>
internal sealed class EntityRows
{
    private readonly Dictionary<string, FeatureValue[]> _columns;

    private EntityRows(Dictionary<string, FeatureValue[]> columns, int count) => (_columns, Count) = (columns, count);

    public int Count { get; }

    /// <summary>Takes the columns that a selection needs, checked.</summary>
    public static Outcome<EntityRows> Of(Selection selection, IReadOnlyDictionary<string, FeatureValue[]> given, int max)
    {
        var columns = new Dictionary<string, FeatureValue[]>(StringComparer.Ordinal);
        var count = -1;
        foreach (var entity in selection.Views.Select(view => view.Entity).DistinctBy(entity => entity.JoinKey))
        {
            var field = $"entities.{entity.JoinKey}";
            if (!given.TryGetValue(entity.JoinKey, out var keys) || keys.Length == 0)
            {
                return Refusal.Invalid(field, "must be present: a selected view is joined by it");
            }
            if (keys.Length > max || (count >= 0 && keys.Length != count))
            {
                var rule = keys.Length > max ? $"may have at most {max:N0} rows" : $"must have {count:N0} rows as the other columns";
                return Refusal.Invalid(field, $"{rule}, it has {keys.Length:N0}");
            }
            count = keys.Length;
            columns[entity.JoinKey] = keys;
        }
        var rows = new EntityRows(columns, count);
        return rows.Check(selection) is { } refusal ? refusal : rows;
    }

    /// <summary>The keys of a view's entity.</summary>
    public FeatureValue[] KeysOf(FeatureView view) => _columns[view.Entity.JoinKey];

    // Two entities may share the name of a join key and not its type, so each view's type is looked at.
    private Refusal? Check(Selection selection)
    {
        foreach (var entity in selection.Views.Select(view => view.Entity).DistinctBy(entity => (entity.JoinKey, entity.Type)))
        {
            var keys = _columns[entity.JoinKey];
            for (var i = 0; i < keys.Length; i++)
            {
                if (EntityKey.BrokenRule(keys[i], entity.Type) is { } rule)
                {
                    return Refusal.Invalid($"entities.{entity.JoinKey}[{i}]", rule);
                }
            }
        }
        return null;
    }
}
