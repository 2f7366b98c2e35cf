using System.Text;
using System.Text.Json;
using ModelOps.Onnx;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Models;
using ModelOps.Registry.Stages;

namespace ModelOps.Registry.Versions;

/// <summary>The <c>metadata</c> part of an upload; the same fields as RegisterModelVersionHeader, all optional.</summary>
/// <remarks>Setters, since generated readers of init properties write null over the defaults of what is left out.</remarks>
internal sealed record VersionMetadataJson
{
    public string Sha256 { get; set; } = "";

    public string Algorithm { get; set; } = "";

    public string Author { get; set; } = "";

    public string Description { get; set; } = "";

    public string TrainingData { get; set; } = "";

    public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    public Lineage Lineage { get; set; } = new();

    /// <summary>How the version wants to be served; undefined when it is left out.</summary>
    public JsonElement Serving { get; set; }

    public RegisterVersion ToCommand(ModelKey model, ReadOnlyMemory<byte> profile, string? actor) => new(
        model, Sha256, new(Algorithm, Author.Length > 0 ? Author : VersionRules.AuthorOf(actor), Description, TrainingData, Metrics, Tags))
    {
        Lineage = Lineage,
        Profile = profile,
        Serving = Serving.ValueKind == JsonValueKind.Undefined ? default : Encoding.UTF8.GetBytes(Serving.GetRawText()),
        Actor = VersionRules.AuthorOf(actor),
    };
}

/// <summary>A version as REST gives it; the same fields as the message ModelVersion.</summary>
internal sealed record ModelVersionJson(
    string Workspace, string Model, long Version, string Sha256, long SizeBytes, ModelSignature Signature, string Algorithm, string Author,
    string Description, string TrainingData, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, string> Tags, DateTimeOffset CreateTime,
    string Stage, GovernanceReportJson Governance, Lineage Lineage, bool HasReferenceProfile, JsonElement Serving)
{
    public static ModelVersionJson Of(ModelVersion version) => new(
        version.Model.Workspace, version.Model.Name, version.Version, version.Sha256, version.SizeBytes, version.Signature,
        version.Metadata.Algorithm, version.Metadata.Author, version.Metadata.Description, version.Metadata.TrainingData,
        version.Metadata.Metrics, version.Metadata.Tags, version.CreateTime,
        version.Stage.Name(), new(version.Governance.Passed, version.Governance.Gates), version.Lineage, version.HasReferenceProfile,
        JsonElement.Parse(version.Serving));
}

/// <summary>What the gates said, as REST gives it.</summary>
internal sealed record GovernanceReportJson(bool Passed, IReadOnlyList<GateResult> Gates);

/// <summary>Body of a move to another stage.</summary>
internal sealed record StageBody
{
    public string Stage { get; set; } = "";

    public string Reason { get; set; } = "";
}

/// <summary>A line of the history of a version; from and to are the same when it was not moved, and the reason says why.</summary>
internal sealed record StageChangeJson(string From, string To, string Actor, string Reason, DateTimeOffset ChangeTime)
{
    public static StageChangeJson Of(StageChange change) =>
        new(((Stage)change.From).Name(), ((Stage)change.To).Name(), change.Actor, change.Reason, new(change.ChangedAt));
}

/// <summary>The history of a version, newest first.</summary>
internal sealed record StageChangesJson(IReadOnlyList<StageChangeJson> Changes);

/// <summary>A page of versions.</summary>
internal sealed record ModelVersionsJson(IReadOnlyList<ModelVersionJson> Versions, string NextPageToken)
{
    public static ModelVersionsJson Of(Page<ModelVersion> page) => new([.. page.Items.Select(ModelVersionJson.Of)], page.NextPageToken);
}

/// <summary>A model as REST gives it.</summary>
internal sealed record ModelJson(string Workspace, string Name, long LatestVersion, DateTimeOffset CreateTime);

/// <summary>A page of models.</summary>
internal sealed record ModelsJson(IReadOnlyList<ModelJson> Models, string NextPageToken)
{
    public static ModelsJson Of(Page<Model> page) => new(
        [.. page.Items.Select(model => new ModelJson(model.Key.Workspace, model.Key.Name, model.LatestVersion, model.CreateTime))], page.NextPageToken);
}
