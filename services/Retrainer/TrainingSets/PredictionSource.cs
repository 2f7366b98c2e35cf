using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Monitor.V1;
using ModelOps.Retrainer.Runs;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>Rows from predictions whose outcome became known.</summary>
internal sealed class PredictionSource(Monitoring.MonitoringClient monitor, IOptions<TrainingSetOptions> options, TimeProvider clock)
{
    /// <summary>Adds the labelled predictions of a model.</summary>
    /// <param name="run">The run; its window says which environment.</param>
    /// <param name="from">First event time, included; null: from the beginning.</param>
    /// <param name="until">Last event time, included.</param>
    /// <param name="columns">What a row needs.</param>
    /// <param name="spine">Where they go.</param>
    /// <param name="ct">Ends the read.</param>
    public async Task ReadAsync(Run run, DateTimeOffset? from, DateTimeOffset until, SpineColumns columns, Spine spine, CancellationToken ct)
    {
        await foreach (var prediction in StreamAsync(run, from, until, ct))
        {
            if (!CellRules.TryReadLabel(prediction.HasLabel ? new Value { DoubleValue = prediction.Label } : null, out var label))
            {
                throw new TrainingSetException($"the label of prediction {prediction.Prediction.PredictionId} is neither 0 nor 1");
            }
            if (label is { } known && Take(prediction.Prediction, columns, known) is { } row)
            {
                spine.Add(row);
            }
            else
            {
                spine.Skip();
            }
        }
    }

    /// <summary>How many predictions of a window have a label by now.</summary>
    public async Task<long> CountLabelledAsync(Run run, DriftedWindow window, CancellationToken ct)
    {
        long count = 0;
        await foreach (var prediction in StreamAsync(run, window.FirstEventTime, window.LastEventTime, ct))
        {
            count += prediction.HasLabel && prediction.Prediction.Version == window.Version ? 1 : 0;
        }
        return count;
    }

    /// <returns>The row; null when the prediction lacks an entity key or a feature, as one that failed early does.</returns>
    private static SpineRow? Take(PredictionRecord prediction, SpineColumns columns, int label)
    {
        var entities = prediction.Entities.ToDictionary(entity => entity.Name, entity => entity.Value, StringComparer.Ordinal);
        var given = prediction.Features.ToDictionary(feature => feature.Name, feature => feature.Value, StringComparer.Ordinal);
        var keys = columns.Keys.Select(key => CellRules.Key(entities.GetValueOrDefault(key.Name), key.Type)).ToArray();
        var values = new object?[columns.Features.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var feature = columns.Features[i];
            if (!given.TryGetValue(feature.Name, out var value) || !CellRules.TryRead(value, feature.Type, out values[i]))
            {
                return null;
            }
        }
        return keys.Contains(null) ? null : new(prediction.EventTime.ToDateTimeOffset(), keys!, values, label);
    }

    private async IAsyncEnumerable<StoredPrediction> StreamAsync(
        Run run, DateTimeOffset? from, DateTimeOffset until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ReadLabelledPredictionsRequest
        {
            Workspace = run.Model.Workspace,
            Environment = run.Drift?.Environment ?? "",
            Model = run.Model.Name,
            From = from?.ToTimestamp(),
            To = until.ToTimestamp(),
        };
        using var call = monitor.ReadLabelledPredictions(
            request, deadline: clock.GetUtcNow().UtcDateTime + options.Value.CallTimeout, cancellationToken: ct);
        await foreach (var message in call.ResponseStream.ReadAllAsync(ct))
        {
            foreach (var prediction in message.Predictions)
            {
                yield return prediction;
            }
        }
    }
}
