using Google.Protobuf.WellKnownTypes;
using ModelOps.Monitor.Naming;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Windows;

/// <summary>A window as its row; drift and quality are the JSON of their messages.</summary>
internal sealed record WindowRow
{
    /// <summary>Columns in the terms of this class.</summary>
    public const string Columns = """
        position, window_id as WindowId, workspace, environment, model, version, state, rows, open_time as OpenTime, close_time as CloseTime,
        first_event_time as FirstEventTime, last_event_time as LastEventTime, features::text as Features, drifted, reason, quality::text as Quality
        """;

    public required long Position { get; init; }

    public required Guid WindowId { get; init; }

    public required string Workspace { get; init; }

    public required string Environment { get; init; }

    public required string Model { get; init; }

    public required long Version { get; init; }

    public required short State { get; init; }

    public required long Rows { get; init; }

    public required DateTime OpenTime { get; init; }

    public DateTime? CloseTime { get; init; }

    public required DateTime FirstEventTime { get; init; }

    public required DateTime LastEventTime { get; init; }

    public required string Features { get; init; }

    public required bool Drifted { get; init; }

    public required string Reason { get; init; }

    public required string Quality { get; init; }

    public ServedVersion Served => new(Workspace, Environment, Model, Version);

    public Wire.Window ToWire() => new()
    {
        WindowId = WindowId.ToString(),
        Workspace = Workspace,
        Environment = Environment,
        Model = Model,
        Version = Version,
        State = (Wire.WindowState)State,
        Rows = Rows,
        OpenTime = OpenTime.ToTimestamp(),
        CloseTime = CloseTime?.ToTimestamp(),
        FirstEventTime = FirstEventTime.ToTimestamp(),
        LastEventTime = LastEventTime.ToTimestamp(),
        Features = { FindingJson.ReadDrift(Features) },
        Drifted = Drifted,
        Quality = FindingJson.ReadQuality(Quality),
        Reason = Reason,
    };
}
