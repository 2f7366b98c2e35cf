using System.Text.Json.Serialization;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>A pipeline in JSON; the same fields as the message Pipeline.</summary>
internal sealed record PipelineBody(string Workspace, string Model, string Definition, long Revision, DateTimeOffset UpdateTime)
{
    public static PipelineBody Of(StoredPipeline pipeline) =>
        new(pipeline.Key.Workspace, pipeline.Key.Name, pipeline.Definition, pipeline.Revision, pipeline.UpdateTime);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PipelineBody))]
internal sealed partial class PipelineJson : JsonSerializerContext;
