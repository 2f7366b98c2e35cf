using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Online;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>A row as a caller gave it.</summary>
/// <param name="Entity">Entity key.</param>
/// <param name="EventTime">Microseconds since 1970.</param>
/// <param name="Values">One per feature, in the order of the schema.</param>
internal sealed record GivenRow(FeatureValue Entity, long EventTime, FeatureValue[] Values);

/// <summary>What a push did.</summary>
internal sealed record Pushed(long Stored, long Online);

/// <summary>Adds rows to the history, then to the online store; when it answers, both are done.</summary>
internal sealed class PushHandler(DefinitionCatalog catalog, HistoryStore history, OnlineStore online, IngestionLimits limits, FeatureMetrics metrics)
{
    private const int MaxRows = 1_000;

    /// <summary>The view that rows are pushed to.</summary>
    public ValueTask<Outcome<FeatureView>> ViewAsync(string? workspace, string name, CancellationToken ct) => catalog.ViewAsync(workspace ?? "", name, ct);

    /// <summary>Adds rows.</summary>
    public async Task<Outcome<Pushed>> HandleAsync(FeatureView view, IReadOnlyList<GivenRow> given, CancellationToken ct)
    {
        var rows = Check(view, given);
        if (!rows.Succeeded)
        {
            return rows.Refusal;
        }
        var (stored, kept) = await history.AddAsync(view, rows.Value, ct);
        metrics.Stored("push", stored);
        var newest = kept.GroupBy(row => Convert.ToHexString(row.Entity)).Select(entity => entity.MaxBy(row => row.EventTime)!);
        var written = view.Online ? await online.WriteAsync(view, newest.ToAsyncEnumerable(), ct) : 0L;
        return written.Then<Pushed>(count => new Pushed(stored, count));
    }

    private Outcome<List<HistoryRow>> Check(FeatureView view, IReadOnlyList<GivenRow> given)
    {
        if (given.Count is 0 or > MaxRows)
        {
            return Refusal.Invalid("rows", $"must be 1 to {MaxRows:N0}, they are {given.Count:N0}");
        }
        var rows = new List<HistoryRow>(given.Count);
        var seen = new Dictionary<(FeatureValue, long), int>();
        var latest = limits.Latest;
        for (var i = 0; i < given.Count; i++)
        {
            var (entity, eventTime, values) = given[i];
            if (values.Length != view.Schema.Count)
            {
                return Refusal.Invalid($"rows[{i}].values", $"must be {view.Schema.Count}, one per feature of the view, they are {values.Length}");
            }
            var row = RowRules.Pack(view, entity, eventTime, values, new(i, IsLine: false), latest);
            if (!row.Succeeded)
            {
                return row.Refusal;
            }
            if (seen.TryAdd((entity, eventTime), i))
            {
                rows.Add(row.Value);
            }
            else if (!given[seen[(entity, eventTime)]].Values.AsSpan().SequenceEqual(values))
            {
                return Refusal.Invalid($"rows[{i}]", $"has the entity and event time of rows[{seen[(entity, eventTime)]}], and other values");
            }
        }
        return rows;
    }
}
