using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Features.V1;
using ModelOps.Retrainer.Pipelines;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>Joins the features of a feature service to rows, as they were known at each row's event time.</summary>
internal sealed class PointInTimeJoin(FeatureStore.FeatureStoreClient store, IOptions<TrainingSetOptions> options, TimeProvider clock)
{
    private const int MaxValuesPerMessage = 50_000;

    /// <summary>The newest version of a feature service.</summary>
    public async Task<FeatureService> ServiceAsync(ModelKey model, string name, CancellationToken ct) =>
        await store.GetFeatureServiceAsync(new() { Workspace = model.Workspace, Name = name }, cancellationToken: ct);

    /// <summary>Joins.</summary>
    /// <returns>The rows in their order, with the service's features behind those they had.</returns>
    public async Task<List<DraftRow>> JoinAsync(
        ModelKey model, FeatureService service, SpineColumns columns, IReadOnlyList<SpineRow> rows, CancellationToken ct)
    {
        // Ends with the call's stream, whatever way this method is left.
        using var call = store.GetHistoricalFeatures(deadline: clock.GetUtcNow().UtcDateTime + options.Value.CallTimeout, cancellationToken: ct);
        await call.RequestStream.WriteAsync(new() { Selection = Selection(model, service) }, ct);
        var joined = new List<DraftRow>(rows.Count);
        // A message has to stay under gRPC's 4 MiB however many features a row has.
        foreach (var chunk in rows.Chunk(Math.Clamp(MaxValuesPerMessage / Math.Max(1, service.Features.Count), 1, options.Value.JoinRows)))
        {
            await call.RequestStream.WriteAsync(new() { Rows = Rows(chunk, columns) }, ct);
            if (!await call.ResponseStream.MoveNext(ct))
            {
                throw new InvalidOperationException("the FeatureStore ended the join before all rows were answered");
            }
            joined.AddRange(Merge(chunk, service, call.ResponseStream.Current));
        }
        await call.RequestStream.CompleteAsync();
        // Read to its end: a call that is let go of before counts as cancelled where it is answered.
        return await call.ResponseStream.MoveNext(ct)
            ? throw new InvalidOperationException("the FeatureStore answered a join with more rows than asked for")
            : joined;
    }

    private static HistoricalSelection Selection(ModelKey model, FeatureService service) => new()
    {
        Workspace = model.Workspace,
        Selection = new() { FeatureService = service.Name, FeatureServiceVersion = service.Version },
    };

    private static HistoricalRows Rows(SpineRow[] rows, SpineColumns columns) => new()
    {
        Entities = { columns.Keys.Select((key, i) => new EntityColumn { JoinKey = key.Name, Keys = { rows.Select(row => row.Keys[i]) } }) },
        EventTimes = { rows.Select(row => row.EventTime.ToTimestamp()) },
    };

    private static IEnumerable<DraftRow> Merge(SpineRow[] rows, FeatureService service, GetHistoricalFeaturesResponse answer)
    {
        if (answer.Vectors.Count != service.Features.Count || answer.Vectors.Any(vector => vector.Values.Count != rows.Length))
        {
            throw new InvalidOperationException("the FeatureStore answered a join with other rows or features than asked for");
        }
        return rows.Select((row, i) => new DraftRow(row.EventTime, row.Keys, [.. row.Values, .. Cells(service, answer, i)], row.Label));
    }

    private static IEnumerable<object?> Cells(FeatureService service, GetHistoricalFeaturesResponse answer, int row) =>
        answer.Vectors.Select((vector, i) => CellRules.TryRead(vector.Values[row], service.Features[i].Type, out var cell)
            ? cell
            : throw new TrainingSetException($"feature {vector.Feature} of view {vector.View} is not of type {service.Features[i].Type}"));
}
