using ModelOps.Contracts.Events.V1;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Online;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Messaging;
using Npgsql;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>What was taken in.</summary>
internal sealed record Materialized(long Rows, long Stored, long Online, string Sha256)
{
    /// <summary>Rows that were there already.</summary>
    public long Duplicates => Rows - Stored;
}

/// <summary>Takes a file in: all of its rows into the history, or none; then the newest of each entity into the online store.</summary>
internal sealed class MaterializeHandler(
    DefinitionCatalog catalog, NpgsqlDataSource database, OnlineStore online, IngestionLimits limits, FeatureMetrics metrics)
{
    /// <summary>Takes a file in.</summary>
    /// <param name="workspace">Workspace; empty: the default one.</param>
    /// <param name="name">Name of the view.</param>
    /// <param name="file">The CSV text; read to the end unless it is refused before.</param>
    /// <param name="ct">Ends the upload.</param>
    public async Task<Outcome<Materialized>> HandleAsync(string? workspace, string name, Stream file, CancellationToken ct)
    {
        var view = await catalog.ViewAsync(workspace ?? "", name, ct);
        var place = view.Then(_ => limits.EnterFile());
        if (!view.Succeeded || !place.Succeeded)
        {
            return (view.Refusal ?? place.Refusal)!;
        }
        using var entered = place.Value;
        // A history without its online rows would be mended by a repeat, and is better avoided.
        return view.Value.Online && await online.CheckAsync(ct) is { } refusal ? refusal : await TakeInAsync(view.Value, file, ct);
    }

    private Task<StoredUpload> CommitAsync(Upload upload, FeatureView view, CancellationToken ct)
    {
        var now = limits.Now;
        return upload.CommitAsync(
            now,
            (transaction, stored) => stored.Stored == 0
                ? Task.CompletedTask // nothing happened
                : Outbox.EnqueueAsync(
                    transaction, $"view/{view.Workspace}/{view.Name}",
                    new FeaturesMaterialized(view.Workspace, view.Name, stored.Stored, stored.First, stored.Last, now), ct),
            ct);
    }

    private async Task<Outcome<Materialized>> TakeInAsync(FeatureView view, Stream file, CancellationToken ct)
    {
        await using var upload = await Upload.BeginAsync(database, view, ct);
        var rows = await CsvFile.CopyAsync(file, view, upload, limits.Latest, ct);
        if (!rows.Succeeded)
        {
            return rows.Refusal;
        }
        if (await upload.CompleteAsync(ct) is { } contradiction)
        {
            return Refusal.Invalid($"line {contradiction.Second}", $"has the entity and event time of line {contradiction.First}, and other values");
        }
        var digest = await upload.DigestAsync(ct);
        var stored = await CommitAsync(upload, view, ct);
        metrics.Stored("materialize", stored.Stored);
        var written = view.Online ? await online.WriteAsync(view, upload.NewestAsync(ct), ct) : 0L;
        return written.Then<Materialized>(count => new Materialized(rows.Value, stored.Stored, count, digest));
    }
}
