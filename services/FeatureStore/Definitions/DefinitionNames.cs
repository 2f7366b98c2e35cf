using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Definitions;

/// <summary>What a name may look like.</summary>
internal static class DefinitionNames
{
    public const string DefaultWorkspace = "default";

    /// <summary>The rule for names of entities, join keys, views, features and services.</summary>
    public const string Rule = "must be 1 to 128 characters of a-z, 0-9 and '_', the first a letter";

    private const int MaxLength = 128;

    /// <summary>Whether a name keeps the rule.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>The workspace a caller means.</summary>
    public static Outcome<string> Workspace(string? name)
    {
        var workspace = string.IsNullOrEmpty(name) ? DefaultWorkspace : name;
        var isName = workspace.Length <= MaxLength
            && char.IsAsciiLetterOrDigit(workspace[0])
            && workspace.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c is '.' or '_' or '-');
        return isName
            ? workspace
            : Refusal.Invalid("workspace", $"must be 1 to {MaxLength} characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
    }
}
