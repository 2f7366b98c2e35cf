using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Registry.Models;

/// <summary>What the name of a model, its workspace and the number of a version are.</summary>
internal static class ModelRules
{
    private const int MaxName = 128;

    /// <summary>Checks the name of a model and its workspace.</summary>
    public static Refusal? Check(ModelKey key) => CheckWorkspace(key.Workspace) ?? CheckName(key.Name, "model");

    /// <summary>Checks the name of a workspace.</summary>
    public static Refusal? CheckWorkspace(string workspace) => CheckName(workspace, "workspace");

    /// <summary>Checks the number of a version.</summary>
    public static Refusal? CheckVersion(long version, long min) => version >= min ? null : Refusal.Invalid("version", $"must be at least {min}, it is {version}");

    private static Refusal? CheckName(string name, string field)
    {
        var isName = name.Length is > 0 and <= MaxName
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c is '.' or '_' or '-');
        return isName ? null : Refusal.Invalid(field, $"must be 1 to {MaxName} characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
    }
}
