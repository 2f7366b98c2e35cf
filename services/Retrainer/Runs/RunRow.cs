using System.Text.Json;

namespace ModelOps.Retrainer.Runs;

/// <summary>A run as its row.</summary>
internal sealed record RunRow
{
    /// <summary>What a query that gives rows selects.</summary>
    public const string Columns = """
        run_id as RunId, workspace, model, algorithm, trigger, reason, definition, drift::text as Drift, state, version, error,
        created_at as CreatedAt, ended_at as EndedAt
        """;

    public required Guid RunId { get; init; }

    public required string Workspace { get; init; }

    public required string Model { get; init; }

    public required string Algorithm { get; init; }

    public required string Trigger { get; init; }

    public required string Reason { get; init; }

    public required string Definition { get; init; }

    public string? Drift { get; init; }

    public required short State { get; init; }

    public long? Version { get; init; }

    public required string Error { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    public Run ToRun(IEnumerable<StageRow> stages) => new()
    {
        Id = RunId,
        Model = new(Workspace, Model),
        Algorithm = Algorithm,
        Trigger = Trigger,
        Reason = Reason,
        Definition = Definition,
        Drift = Drift is null ? null : JsonSerializer.Deserialize(Drift, StoredJson.Default.DriftedWindow),
        State = (RunState)State,
        Stages = [.. stages.OrderBy(stage => stage.Position).Select(stage => stage.ToStage())],
        Version = Version,
        Error = Error,
        CreateTime = new(CreatedAt),
        EndTime = Time(EndedAt),
    };

    internal static DateTimeOffset? Time(DateTime? value) => value is { } time ? new DateTimeOffset(time) : null;
}

/// <summary>A stage as its row.</summary>
internal sealed record StageRow
{
    /// <summary>What a query that gives rows selects.</summary>
    public const string Columns = """
        run_id as RunId, position, name, state, attempts, broken, waiting_since as WaitingSince, outputs::text as Outputs, error,
        started_at as StartedAt, ended_at as EndedAt
        """;

    public required Guid RunId { get; init; }

    public required short Position { get; init; }

    public required string Name { get; init; }

    public required short State { get; init; }

    public required int Attempts { get; init; }

    public required int Broken { get; init; }

    public DateTime? WaitingSince { get; init; }

    public required string Outputs { get; init; }

    public required string Error { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    public Stage ToStage() => new()
    {
        Position = Position,
        Name = Name,
        State = (RunState)State,
        Attempts = Attempts,
        Broken = Broken,
        WaitingSince = RunRow.Time(WaitingSince),
        Outputs = JsonSerializer.Deserialize(Outputs, StoredJson.Default.DictionaryStringString)!,
        Error = Error,
        StartTime = RunRow.Time(StartedAt),
        EndTime = RunRow.Time(EndedAt),
    };
}
