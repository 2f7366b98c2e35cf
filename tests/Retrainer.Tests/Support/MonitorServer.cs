using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ModelOps.Contracts.Features.V1;
using ModelOps.Contracts.Monitor.V1;
using Value = ModelOps.Contracts.Features.V1.Value;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>The Monitor's wire as far as the Retrainer uses it: predictions of sample rows, some of them labelled.</summary>
internal sealed class MonitorServer(Neighbours world) : Monitoring.MonitoringBase
{
    public override async Task ReadLabelledPredictions(
        ReadLabelledPredictionsRequest request, IServerStreamWriter<ReadLabelledPredictionsResponse> responseStream, ServerCallContext context)
    {
        var from = request.From?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;
        var to = request.To?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
        foreach (var chunk in world.Predictions.Take(world.Labelled).Where(row => row.EventTime >= from && row.EventTime <= to).Chunk(1_000))
        {
            await responseStream.WriteAsync(new() { Predictions = { chunk.Select(Stored) } }, context.CancellationToken);
        }
    }

    private static StoredPrediction Stored(FraudRow row)
    {
        var prediction = new PredictionRecord
        {
            PredictionId = $"{Guid.CreateVersion7()}",
            Model = "fraud",
            Version = 1,
            EventTime = row.EventTime.ToTimestamp(),
            Score = 0.5,
            Entities = { new NamedValue { Name = "user_id", Value = new Value { Int64Value = row.User } } },
            StoreFeatures = { FraudRows.StoreFeatures },
        };
        prediction.Features.AddRange(row.Cells.Keys.Except(["user_id", "event_time", "label"]).Select(name => new NamedValue
        {
            Name = name,
            Value = name == "merchant_category" ? new Value { StringValue = row.Cells[name] } : new Value { DoubleValue = row.Number(name) },
        }));
        return new() { Prediction = prediction, Label = row.Number("label") };
    }
}
