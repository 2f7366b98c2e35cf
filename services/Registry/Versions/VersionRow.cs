using System.Text.Json;
using ModelOps.Registry.Governance;
using ModelOps.Registry.Stages;

namespace ModelOps.Registry.Versions;

/// <summary>A version as its row; what has a shape of its own is JSON.</summary>
internal sealed record VersionRow
{
    public required string Workspace { get; init; }

    public required string Model { get; init; }

    public required long Version { get; init; }

    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    public required string Signature { get; init; }

    public required string Algorithm { get; init; }

    public required string Author { get; init; }

    public required string Description { get; init; }

    public required string TrainingData { get; init; }

    public required string Metrics { get; init; }

    public required string Tags { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required string Serving { get; init; }

    public short Stage { get; init; }

    public bool? Passed { get; init; }

    public string? Gates { get; init; }

    public string? RunId { get; init; }

    public string? DatasetSha256 { get; init; }

    public long? ParentVersion { get; init; }

    public string? FeatureService { get; init; }

    public long? FeatureServiceVersion { get; init; }

    public bool HasReferenceProfile { get; init; }

    public static VersionRow Of(ModelVersion version) => new()
    {
        Workspace = version.Model.Workspace,
        Model = version.Model.Name,
        Version = version.Version,
        Sha256 = version.Sha256,
        SizeBytes = version.SizeBytes,
        Signature = JsonSerializer.Serialize(version.Signature, RegistryJson.Default.ModelSignature),
        Algorithm = version.Metadata.Algorithm,
        Author = version.Metadata.Author,
        Description = version.Metadata.Description,
        TrainingData = version.Metadata.TrainingData,
        Metrics = JsonSerializer.Serialize(version.Metadata.Metrics, RegistryJson.Default.IReadOnlyDictionaryStringDouble),
        Tags = JsonSerializer.Serialize(version.Metadata.Tags, RegistryJson.Default.IReadOnlyDictionaryStringString),
        CreatedAt = version.CreateTime.UtcDateTime,
        Serving = version.Serving,
    };

    public ModelVersion ToVersion() => new(
        new(Workspace, Model), Version, Sha256, SizeBytes,
        JsonSerializer.Deserialize(Signature, RegistryJson.Default.ModelSignature)!,
        new(
            Algorithm, Author, Description, TrainingData,
            JsonSerializer.Deserialize(Metrics, RegistryJson.Default.IReadOnlyDictionaryStringDouble)!,
            JsonSerializer.Deserialize(Tags, RegistryJson.Default.IReadOnlyDictionaryStringString)!),
        new(CreatedAt))
    {
        Stage = (Stage)Stage,
        Governance = Gates is null ? GovernanceReport.None : new(Passed == true, JsonSerializer.Deserialize(Gates, GovernanceJson.Default.IReadOnlyListGateResult)!),
        Lineage = new()
        {
            RunId = RunId ?? "",
            DatasetSha256 = DatasetSha256 ?? "",
            ParentVersion = ParentVersion ?? 0,
            FeatureService = FeatureService ?? "",
            FeatureServiceVersion = FeatureServiceVersion ?? 0,
        },
        HasReferenceProfile = HasReferenceProfile,
        Serving = Serving,
    };
}

/// <summary>A model as its row.</summary>
internal sealed record ModelRow
{
    public required string Workspace { get; init; }

    public required string Name { get; init; }

    public required long LatestVersion { get; init; }

    public required DateTime CreatedAt { get; init; }

    public Model ToModel() => new(new(Workspace, Name), LatestVersion, new(CreatedAt));
}
