using System.Globalization;
using System.Text;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Versions;

/// <summary>The limits of registry.proto: what a name is, and how long, how many and made of what characters the rest may be.</summary>
internal static class VersionRules
{
    private const int MaxName = 128;
    private const int MaxAlgorithm = 128;
    private const int MaxAuthor = 128;
    private const int MaxDescription = 4_096;
    private const int MaxTrainingData = 256;
    private const int MaxMetrics = 100;
    private const int MaxTags = 50;
    private const int MaxKey = 128;
    private const int MaxTagValue = 1_024;

    /// <summary>Checks the name of a model and its workspace.</summary>
    public static Refusal? Check(ModelKey key) => CheckWorkspace(key.Workspace) ?? CheckName(key.Name, "model");

    /// <summary>Checks the name of a workspace.</summary>
    public static Refusal? CheckWorkspace(string workspace) => CheckName(workspace, "workspace");

    /// <summary>Checks everything that is said about a version.</summary>
    public static Refusal? Check(RegisterVersion command) =>
        Check(command.Model)
        ?? CheckDigest(command.ExpectedSha256)
        ?? CheckText(command.Metadata.Algorithm, MaxAlgorithm, "algorithm")
        ?? CheckText(command.Metadata.Author, MaxAuthor, "author")
        ?? CheckText(command.Metadata.Description, MaxDescription, "description", isProse: true)
        ?? CheckText(command.Metadata.TrainingData, MaxTrainingData, "training_data")
        ?? CheckMetrics(command.Metadata.Metrics)
        ?? CheckTags(command.Metadata.Tags);

    /// <summary>Checks the number of a version.</summary>
    public static Refusal? CheckVersion(long version, long min) => version >= min ? null : Refusal.Invalid("version", $"must be at least {min}, it is {version}");

    /// <summary>The author that is kept when the caller names none: who the caller is, as far as it fits.</summary>
    public static string AuthorOf(string? actor)
    {
        var name = string.IsNullOrWhiteSpace(actor) ? "unknown" : actor;
        var length = Math.Min(name.Length, MaxAuthor);
        return name[..(length < name.Length && char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)];
    }

    private static Refusal? CheckName(string name, string field)
    {
        var isName = name.Length is > 0 and <= MaxName
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c is '.' or '_' or '-');
        return isName ? null : Refusal.Invalid(field, $"must be 1 to {MaxName} characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
    }

    private static Refusal? CheckDigest(string sha256) => sha256.Length == 0 || (sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower))
        ? null
        : Refusal.Invalid("sha256", "must be 64 lower-case hexadecimal digits");

    private static Refusal? CheckMetrics(IReadOnlyDictionary<string, double> metrics)
    {
        if (metrics.Count > MaxMetrics)
        {
            return Refusal.Invalid("metrics", $"may have at most {MaxMetrics} entries, it has {metrics.Count}");
        }
        foreach (var (name, value) in metrics)
        {
            if (CheckKey(name, "metrics") is { } refusal)
            {
                return refusal;
            }
            if (!double.IsFinite(value))
            {
                return Refusal.Invalid($"metrics.{name}", $"must be finite, it is {value.ToString(CultureInfo.InvariantCulture)}");
            }
        }
        return null;
    }

    private static Refusal? CheckTags(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count > MaxTags)
        {
            return Refusal.Invalid("tags", $"may have at most {MaxTags} entries, it has {tags.Count}");
        }
        return tags.Select(tag => CheckKey(tag.Key, "tags") ?? CheckText(tag.Value, MaxTagValue, $"tags.{tag.Key}")).FirstOrDefault(refusal => refusal is not null);
    }

    private static Refusal? CheckKey(string key, string field) =>
        key.Length == 0 ? Refusal.Invalid(field, "must not have an empty key") : CheckText(key, MaxKey, $"{field} key");

    private static Refusal? CheckText(string text, int max, string field, bool isProse = false)
    {
        var length = 0;
        for (var i = 0; i < text.Length; length++)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                return Refusal.Invalid(field, "must be valid Unicode, it has half of a surrogate pair");
            }
            if (!IsAllowed(rune, isProse))
            {
                return Refusal.Invalid(field, $"must not contain the control character U+{rune.Value:X4}");
            }
            i += used;
        }
        return length <= max ? null : Refusal.Invalid(field, $"may have at most {max} characters, it has {length}");
    }

    // Characters that turn the direction of text around make one name look like another.
    private static bool IsAllowed(Rune rune, bool isProse) =>
        (isProse && rune.Value is (int)'\n' or (int)'\r' or (int)'\t')
        || !(Rune.IsControl(rune) || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x2028 or 0x2029);
}
