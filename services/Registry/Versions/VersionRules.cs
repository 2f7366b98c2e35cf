using ModelOps.Registry.Models;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Registry.Versions;

/// <summary>The limits of registry.proto: what a name is, and how long, how many and made of what characters the rest may be.</summary>
internal static class VersionRules
{
    private const int MaxAlgorithm = 128;
    private const int MaxAuthor = 128;
    private const int MaxDescription = 4_096;
    private const int MaxTrainingData = 256;
    private const int MaxMetrics = 100;
    private const int MaxTags = 50;
    private const int MaxRun = 128;
    private const int MaxName = 128;
    private const int MaxTagValue = 1_024;

    /// <summary>Checks everything that is said about a version.</summary>
    public static Refusal? Check(RegisterVersion command) =>
        ModelRules.Check(command.Model)
        ?? TextRules.CheckDigest(command.ExpectedSha256, "sha256")
        ?? TextRules.CheckText(command.Metadata.Algorithm, MaxAlgorithm, "algorithm")
        ?? TextRules.CheckText(command.Metadata.Author, MaxAuthor, "author")
        ?? TextRules.CheckText(command.Metadata.Description, MaxDescription, "description", isProse: true)
        ?? TextRules.CheckText(command.Metadata.TrainingData, MaxTrainingData, "training_data")
        ?? TextRules.CheckNumbers(command.Metadata.Metrics, MaxMetrics, "metrics")
        ?? CheckTags(command.Metadata.Tags)
        ?? Check(command.Lineage)
        ?? CheckProfile(command.Profile)
        ?? ServingRules.Check(command.Serving);

    /// <summary>The author that is kept when the caller names none: who the caller is, as far as it fits.</summary>
    public static string AuthorOf(string? actor)
    {
        var name = string.IsNullOrWhiteSpace(actor) ? "unknown" : actor;
        var length = Math.Min(name.Length, MaxAuthor);
        return name[..(length < name.Length && char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)];
    }

    private static Refusal? Check(Lineage lineage)
    {
        if (lineage.ParentVersion < 0)
        {
            return Refusal.Invalid("lineage.parent_version", $"must be at least 0, it is {lineage.ParentVersion}");
        }
        if (lineage.FeatureServiceVersion < 0 || (lineage.FeatureServiceVersion > 0) != (lineage.FeatureService.Length > 0))
        {
            return Refusal.Invalid("lineage.feature_service_version", "must be at least 1 with a feature service and 0 without one");
        }
        return TextRules.CheckText(lineage.RunId, MaxRun, "lineage.run_id")
            ?? TextRules.CheckDigest(lineage.DatasetSha256, "lineage.dataset_sha256")
            ?? TextRules.CheckText(lineage.FeatureService, MaxName, "lineage.feature_service");
    }

    private static Refusal? CheckProfile(ReadOnlyMemory<byte> profile)
    {
        try
        {
            _ = profile.IsEmpty ? null : ReferenceProfile.Parse(profile);
            return null;
        }
        catch (FormatException e)
        {
            return Refusal.Invalid("reference_profile", e.Message);
        }
    }

    private static Refusal? CheckTags(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count > MaxTags)
        {
            return Refusal.Invalid("tags", $"may have at most {MaxTags} entries, it has {tags.Count}");
        }
        return tags.Select(tag => TextRules.CheckKey(tag.Key, "tags") ?? CheckTag(tag.Key, tag.Value)).FirstOrDefault(refusal => refusal is not null);
    }

    // A reader of JSON lets null through as a value of a dictionary, whatever its type says.
    private static Refusal? CheckTag(string key, string? value) =>
        value is null ? Refusal.Invalid($"tags.{key}", "must not be null") : TextRules.CheckText(value, MaxTagValue, $"tags.{key}");
}
