using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.History;

/// <summary>Entities at moments, in columns.</summary>
/// <param name="Entities">Keys by join key.</param>
/// <param name="EventTimes">One moment per row, in microseconds since 1970.</param>
internal sealed record HistoricalRows(IReadOnlyDictionary<string, FeatureValue[]> Entities, long[] EventTimes);

/// <summary>The point-in-time join: values as they were known at each row's event time.</summary>
internal sealed class JoinHistoryHandler(DefinitionCatalog catalog, HistoryStore history)
{
    private const int MaxRows = 10_000;

    /// <summary>Finds the features that are joined.</summary>
    public async Task<Outcome<Selection>> SelectAsync(string workspace, FeatureQuery query, CancellationToken ct) =>
        (await catalog.OfAsync(workspace, ct)).Then(defined => Selection.Of(defined, query));

    /// <summary>Joins one batch of rows.</summary>
    public async Task<Outcome<IReadOnlyList<FeatureColumn>>> HandleAsync(Selection selection, HistoricalRows rows, CancellationToken ct)
    {
        var entities = EntityRows.Of(selection, rows.Entities, MaxRows);
        if (!entities.Succeeded)
        {
            return entities.Refusal;
        }
        if (rows.EventTimes.Length != entities.Value.Count)
        {
            return Refusal.Invalid("event_times", $"must be one per row, {entities.Value.Count:N0}, they are {rows.EventTimes.Length:N0}");
        }
        var columns = selection.Columns(entities.Value.Count);
        for (var i = 0; i < selection.Views.Count; i++)
        {
            var view = selection.Views[i];
            byte[][] keys = [.. entities.Value.KeysOf(view).Select(EntityKey.ToBytes)];
            var found = await history.NewestAsync(view, keys, rows.EventTimes, ct);
            Fill(columns, selection, i, found, rows.EventTimes);
        }
        return columns;
    }

    // The newest row is outside of the TTL only when every older one is, too; both bounds are included.
    private static void Fill(FeatureColumn[] columns, Selection selection, int view, Row?[] found, long[] moments)
    {
        for (var f = 0; f < columns.Length; f++)
        {
            var feature = selection.Features[f];
            for (var row = 0; row < found.Length && feature.ViewIndex == view; row++)
            {
                columns[f].Set(row, found[row], feature.Index, feature.View.OldestValid(moments[row]));
            }
        }
    }
}
