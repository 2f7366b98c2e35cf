using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using ModelOps.Monitor.Naming;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Predictions;

/// <summary>A prediction as its row; what has a shape of its own is JSON.</summary>
internal sealed record PredictionRow
{
    /// <summary>Columns in the terms of this class.</summary>
    public const string Columns = """
        position, workspace, prediction_id as PredictionId, environment, segment, model, version, time, event_time as EventTime,
        latency_us as LatencyUs, error, entities::text as Entities, features::text as Features, store_features::text as StoreFeatures,
        defaulted_features::text as DefaultedFeatures, prediction, score, label
        """;

    public long Position { get; init; }

    public required string Workspace { get; init; }

    public required string PredictionId { get; init; }

    public required string Environment { get; init; }

    public required string Segment { get; init; }

    public required string Model { get; init; }

    public required long Version { get; init; }

    public required DateTime Time { get; init; }

    public required DateTime EventTime { get; init; }

    public required long LatencyUs { get; init; }

    public required string Error { get; init; }

    public required string Entities { get; init; }

    public required string Features { get; init; }

    public required string StoreFeatures { get; init; }

    public required string DefaultedFeatures { get; init; }

    public required string Prediction { get; init; }

    public double? Score { get; init; }

    public double? Label { get; init; }

    public ServedVersion Served => new(Workspace, Environment, Model, Version);

    /// <summary>The row of a record that keeps the rules.</summary>
    public static PredictionRow Of(Wire.PredictionRecord record) => new()
    {
        Workspace = Names.Workspace(record.Workspace),
        PredictionId = record.PredictionId,
        Environment = Names.Environment(record.Environment),
        Segment = record.Segment,
        Model = record.Model,
        Version = record.Version,
        Time = record.Time.ToDateTime(),
        EventTime = (record.EventTime ?? record.Time).ToDateTime(),
        LatencyUs = record.LatencyUs,
        Error = record.Error,
        Entities = NamedValues.Encode(record.Entities),
        Features = NamedValues.Encode(record.Features),
        StoreFeatures = JsonSerializer.Serialize(record.StoreFeatures.ToArray()),
        DefaultedFeatures = JsonSerializer.Serialize(record.DefaultedFeatures.ToArray()),
        Prediction = record.Prediction,
        Score = record.HasScore ? record.Score : null,
    };

    public Wire.StoredPrediction ToWire()
    {
        var record = new Wire.PredictionRecord
        {
            PredictionId = PredictionId,
            Workspace = Workspace,
            Environment = Environment,
            Segment = Segment,
            Model = Model,
            Version = Version,
            Time = Time.ToTimestamp(),
            EventTime = EventTime.ToTimestamp(),
            LatencyUs = LatencyUs,
            Error = Error,
            Entities = { NamedValues.Decode(Entities) },
            Features = { NamedValues.Decode(Features) },
            StoreFeatures = { JsonSerializer.Deserialize<string[]>(StoreFeatures)! },
            DefaultedFeatures = { JsonSerializer.Deserialize<string[]>(DefaultedFeatures)! },
            Prediction = Prediction,
        };
        if (Score is { } score)
        {
            record.Score = score;
        }
        var stored = new Wire.StoredPrediction { Prediction = record };
        if (Label is { } label)
        {
            stored.Label = label;
        }
        return stored;
    }
}
