using System.Diagnostics;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Online;

/// <summary>Read the newest values of many entities.</summary>
/// <param name="Workspace">Workspace; empty: the default one.</param>
/// <param name="Query">Which features.</param>
/// <param name="Entities">Keys by join key.</param>
internal sealed record GetOnlineFeatures(string Workspace, FeatureQuery Query, IReadOnlyDictionary<string, FeatureValue[]> Entities);

/// <summary>Reads newest values: one round trip to Redis, none to PostgreSQL.</summary>
internal sealed class GetOnlineFeaturesHandler(DefinitionCatalog catalog, OnlineStore online, TimeProvider clock, FeatureMetrics metrics)
{
    private const int MaxRows = 1_000;

    /// <summary>Finds the features a query names, so that the caller can read the keys by their types.</summary>
    public async ValueTask<Outcome<Selection>> SelectAsync(string? workspace, FeatureQuery query, CancellationToken ct)
    {
        var selected = (await catalog.OfAsync(workspace ?? "", ct)).Then(defined => Selection.Of(defined, query));
        var offline = selected.Value?.Views.FirstOrDefault(view => !view.Online);
        return offline is null ? selected : new Refusal(RefusalKind.FailedPrecondition, $"view {offline.Name} is not online; its values are in the history only");
    }

    /// <summary>Reads the values.</summary>
    public async Task<Outcome<IReadOnlyList<FeatureColumn>>> HandleAsync(GetOnlineFeatures command, CancellationToken ct)
    {
        var selected = await SelectAsync(command.Workspace, command.Query, ct);
        return selected.Succeeded ? await ReadAsync(selected.Value, command.Entities, ct) : selected.Refusal;
    }

    /// <summary>Reads the values of a selection.</summary>
    public async Task<Outcome<IReadOnlyList<FeatureColumn>>> ReadAsync(
        Selection selection, IReadOnlyDictionary<string, FeatureValue[]> keys, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        var entities = EntityRows.Of(selection, keys, MaxRows);
        if (!entities.Succeeded)
        {
            return entities.Refusal;
        }
        var rows = await online.ReadAsync(selection.Views, entities.Value, ct);
        metrics.Read(entities.Value.Count, since, rows.Succeeded);
        return rows.Then<IReadOnlyList<FeatureColumn>>(found => Columns(selection, found, entities.Value.Count));
    }

    private FeatureColumn[] Columns(Selection selection, Row?[][] rows, int count)
    {
        var now = EventTime.Of(clock.GetUtcNow());
        var columns = selection.Columns(count);
        for (var f = 0; f < columns.Length; f++)
        {
            var feature = selection.Features[f];
            for (var row = 0; row < count; row++)
            {
                columns[f].Set(row, rows[feature.ViewIndex][row], feature.Index, feature.View.OldestValid(now));
            }
        }
        return columns;
    }
}
