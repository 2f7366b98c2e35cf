using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Features.V1;
using ModelOps.Retrainer.Pipelines;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>Rows from the history of a view that holds outcomes.</summary>
internal sealed class HistorySource(FeatureStore.FeatureStoreClient store, IOptions<TrainingSetOptions> options, TimeProvider clock)
{
    // The store's times have microseconds; its upper bound is not included.
    private static readonly TimeSpan Smallest = TimeSpan.FromMicroseconds(1);

    /// <summary>Adds the rows of a view.</summary>
    /// <param name="model">Model the rows are for.</param>
    /// <param name="source">The view, and which of its rows.</param>
    /// <param name="label">Column with the outcome.</param>
    /// <param name="columns">What a row needs.</param>
    /// <param name="until">Last event time, included.</param>
    /// <param name="spine">Where they go.</param>
    /// <param name="ct">Ends the read.</param>
    public async Task ReadAsync(ModelKey model, ViewSource source, string label, SpineColumns columns, DateTimeOffset until, Spine spine, CancellationToken ct)
    {
        var view = source.View;
        var schema = await store.GetFeatureViewAsync(new() { Workspace = model.Workspace, Name = view }, cancellationToken: ct);
        var keys = columns.Keys.Select(key => Place(schema, key.Name)).ToArray();
        var features = columns.Features.Select(feature => Place(schema, feature.Name)).ToArray();
        var outcome = Place(schema, label);
        var where = source.Where.Select(condition => (Place: Place(schema, condition.Key), Text: condition.Value)).ToArray();

        var request = new ReadHistoryRequest { Workspace = model.Workspace, View = view, To = (until + Smallest).ToTimestamp() };
        using var call = store.ReadHistory(request, deadline: clock.GetUtcNow().UtcDateTime + options.Value.CallTimeout, cancellationToken: ct);
        await foreach (var message in call.ResponseStream.ReadAllAsync(ct))
        {
            foreach (var row in message.Rows.Where(row => where.All(condition => CellRules.Text(Cell(row, condition.Place)) == condition.Text)))
            {
                if (Take(row, keys, features, outcome, columns, view) is { } taken)
                {
                    spine.Add(taken);
                }
                else
                {
                    spine.Skip();
                }
            }
        }
    }

    /// <returns>The row; null when it has no outcome yet or lacks a key.</returns>
    private static SpineRow? Take(FeatureRow row, int[] keys, int[] features, int outcome, SpineColumns columns, string view)
    {
        if (!CellRules.TryReadLabel(Cell(row, outcome), out var label))
        {
            throw new TrainingSetException($"view {view} has an outcome that is neither 0 nor 1");
        }
        var entities = keys.Select((place, i) => CellRules.Key(Cell(row, place), columns.Keys[i].Type)).ToArray();
        if (label is not { } known || entities.Contains(null))
        {
            return null;
        }
        var values = new object?[features.Length];
        for (var i = 0; i < features.Length; i++)
        {
            if (!CellRules.TryRead(Cell(row, features[i]), columns.Features[i].Type, out values[i]))
            {
                throw new TrainingSetException($"feature {columns.Features[i].Name} of view {view} is not of type {columns.Features[i].Type}");
            }
        }
        return new(row.EventTime.ToDateTimeOffset(), entities!, values, known);
    }

    /// <summary>Where a column is: -1 for the entity, else its place in the schema.</summary>
    private static int Place(FeatureView view, string column)
    {
        var place = view.Schema.Select(field => field.Name).ToList().IndexOf(column);
        return place >= 0 ? place
            : column == view.JoinKey ? -1
            : throw new TrainingSetException($"view {view.Name} has no column {column}");
    }

    private static Value? Cell(FeatureRow row, int place) => place < 0 ? row.Entity : place < row.Values.Count ? row.Values[place] : null;
}
