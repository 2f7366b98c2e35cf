using System.Text.Json.Serialization;

namespace ModelOps.Retrainer.Runs;

/// <summary>What a caller says about a run to start; the same fields as StartRunRequest, all optional.</summary>
/// <remarks>Setters, since generated readers of init properties write null over the defaults of what is left out.</remarks>
internal sealed record StartRunBody
{
    public string Algorithm { get; set; } = "";

    public string Reason { get; set; } = "";

    public string RequestId { get; set; } = "";
}

/// <summary>A run in JSON; the same fields as the message Run.</summary>
internal sealed record RunBody(
    string RunId, string Workspace, string Model, string Algorithm, string Trigger, string Reason, string State, IReadOnlyList<StageBody> Stages,
    long Version, string Error, DateTimeOffset CreateTime, DateTimeOffset? EndTime)
{
    public static RunBody Of(Run run) => new(
        $"{run.Id}", run.Model.Workspace, run.Model.Name, run.Algorithm, run.Trigger, run.Reason, run.State.ToString().ToLowerInvariant(),
        [.. run.Stages.Select(StageBody.Of)], run.Version ?? 0, run.Error, run.CreateTime, run.EndTime);
}

/// <summary>A stage in JSON; the same fields as the message Stage.</summary>
internal sealed record StageBody(
    string Name, string State, int Attempts, IReadOnlyDictionary<string, string> Outputs, string Error, DateTimeOffset? StartTime, DateTimeOffset? EndTime)
{
    public static StageBody Of(Stage stage) =>
        new(stage.Name, stage.State.ToString().ToLowerInvariant(), stage.Attempts, stage.Outputs, stage.Error, stage.StartTime, stage.EndTime);
}

/// <summary>A page of runs.</summary>
internal sealed record RunListBody(IReadOnlyList<RunBody> Runs, string NextPageToken)
{
    public static RunListBody Of(RunPage page) => new([.. page.Runs.Select(RunBody.Of)], page.NextPageToken);
}

/// <summary>JSON of runs: snake_case, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(StartRunBody))]
[JsonSerializable(typeof(RunBody))]
[JsonSerializable(typeof(RunListBody))]
internal sealed partial class RunJson : JsonSerializerContext;
