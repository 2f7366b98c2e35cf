using System.Runtime.CompilerServices;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.History;

/// <summary>Reads the history of a view page by page, so that a slow reader holds no connection.</summary>
internal sealed class ReadHistoryHandler(DefinitionCatalog catalog, HistoryStore history)
{
    private const int PageSize = 1_000;

    /// <summary>Opens the history of a view.</summary>
    /// <param name="workspace">Workspace; empty: the default one.</param>
    /// <param name="name">Name of the view.</param>
    /// <param name="from">First event time, included; null: from the beginning.</param>
    /// <param name="to">Last event time, excluded; null: to the end.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <returns>Pages of at most 1,000 rows, by event time, then entity.</returns>
    public async Task<Outcome<HistoryPages>> HandleAsync(string workspace, string name, long? from, long? to, CancellationToken ct)
    {
        var view = await catalog.ViewAsync(workspace, name, ct);
        return from > to
            ? Refusal.Invalid("from", "must not be after to")
            : view.Then<HistoryPages>(found => new HistoryPages(found, PagesAsync(found, from ?? long.MinValue, to ?? long.MaxValue, ct)));
    }

    private async IAsyncEnumerable<IReadOnlyList<EntityRow>> PagesAsync(FeatureView view, long from, long to, [EnumeratorCancellation] CancellationToken ct)
    {
        // No key is empty, so every row at `from` comes after this.
        (long EventTime, byte[] Entity) after = (EventTime.Clamp(from), []);
        while (true)
        {
            var rows = await history.ReadAsync(view, after, EventTime.Clamp(to), PageSize, ct);
            if (rows.Count > 0)
            {
                yield return [.. rows.Select(row => new EntityRow(EntityKey.FromBytes(row.Entity, view.Entity.Type), row.Row))];
            }
            if (rows.Count < PageSize)
            {
                yield break;
            }
            after = (rows[^1].Row.EventTime, rows[^1].Entity);
        }
    }
}

/// <summary>The history of a view.</summary>
internal sealed record HistoryPages(FeatureView View, IAsyncEnumerable<IReadOnlyList<EntityRow>> Pages);

/// <summary>A row and whose it is.</summary>
internal sealed record EntityRow(FeatureValue Entity, Row Row);
