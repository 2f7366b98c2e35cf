using Google.Protobuf.WellKnownTypes;
using Wire = ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Monitor.Alerts;

/// <summary>An alert as its row.</summary>
internal sealed record AlertRow
{
    /// <summary>Columns in the terms of this class.</summary>
    public const string Columns = """
        position, alert_id as AlertId, workspace, environment, model, version, rule, severity, summary, window_id as WindowId,
        raise_time as RaiseTime, resolve_time as ResolveTime
        """;

    public long Position { get; init; }

    public required Guid AlertId { get; init; }

    public required string Workspace { get; init; }

    public required string Environment { get; init; }

    public required string Model { get; init; }

    public required long Version { get; init; }

    public required string Rule { get; init; }

    public required string Severity { get; init; }

    public required string Summary { get; init; }

    public required Guid WindowId { get; init; }

    public required DateTime RaiseTime { get; init; }

    public DateTime? ResolveTime { get; init; }

    public Wire.Alert ToWire() => new()
    {
        AlertId = AlertId.ToString(),
        Workspace = Workspace,
        Environment = Environment,
        Model = Model,
        Version = Version,
        Rule = Rule,
        Severity = Severity,
        Summary = Summary,
        WindowId = WindowId.ToString(),
        RaiseTime = RaiseTime.ToTimestamp(),
        ResolveTime = ResolveTime?.ToTimestamp(),
    };
}
