using Google.Protobuf.WellKnownTypes;
using ModelOps.Retrainer.Pipelines;
using Wire = ModelOps.Contracts.Retraining.V1;

namespace ModelOps.Retrainer.Runs;

/// <summary>Between the messages of retraining.proto and this service's own types.</summary>
internal static class WireMapping
{
    public static Wire.Pipeline ToWire(this StoredPipeline pipeline) => new()
    {
        Workspace = pipeline.Key.Workspace,
        Model = pipeline.Key.Name,
        Definition = pipeline.Definition,
        Revision = pipeline.Revision,
        UpdateTime = pipeline.UpdateTime.ToTimestamp(),
    };

    public static Wire.ListRunsResponse ToWire(this RunPage page) => new() { Runs = { page.Runs.Select(ToWire) }, NextPageToken = page.NextPageToken };

    public static Wire.Run ToWire(this Run run) => new()
    {
        RunId = $"{run.Id}",
        Workspace = run.Model.Workspace,
        Model = run.Model.Name,
        Algorithm = run.Algorithm,
        Trigger = run.Trigger,
        Reason = run.Reason,
        State = (Wire.RunState)run.State,
        Stages = { run.Stages.Select(ToWire) },
        Version = run.Version ?? 0,
        Error = run.Error,
        CreateTime = run.CreateTime.ToTimestamp(),
        EndTime = run.EndTime?.ToTimestamp(),
    };

    private static Wire.Stage ToWire(this Stage stage) => new()
    {
        Name = stage.Name,
        State = (Wire.RunState)stage.State,
        Attempts = stage.Attempts,
        Outputs = { stage.Outputs.ToDictionary() },
        Error = stage.Error,
        StartTime = stage.StartTime?.ToTimestamp(),
        EndTime = stage.EndTime?.ToTimestamp(),
    };
}
