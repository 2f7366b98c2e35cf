using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Monitor.Naming;

/// <summary>What workspaces, environments and models are called, and what is meant where a caller says nothing.</summary>
internal static class Names
{
    public const string DefaultWorkspace = "default";
    public const string DefaultEnvironment = "production";
    private const int Longest = 128;
    private static readonly string[] Environments = ["dev", "staging", "production"];

    public static string Workspace(string? said) => string.IsNullOrEmpty(said) ? DefaultWorkspace : said;

    public static string Environment(string? said) => string.IsNullOrEmpty(said) ? DefaultEnvironment : said;

    /// <summary>The first of the two that breaks its rule.</summary>
    public static Refusal? Check(string workspace, string model) => CheckWorkspace(workspace) ?? CheckName(model, "model");

    public static Refusal? CheckWorkspace(string workspace) => CheckName(workspace, "workspace");

    public static Refusal? CheckEnvironment(string environment) =>
        Environments.Contains(environment) ? null : Refusal.Invalid("environment", $"must be one of {string.Join(", ", Environments)}");

    /// <summary>A version that is asked for; 0 stands for all where <paramref name="min"/> allows it.</summary>
    public static Refusal? CheckVersion(long version, long min) =>
        version >= min ? null : Refusal.Invalid("version", $"must be at least {min}, it is {version}");

    private static Refusal? CheckName(string name, string field)
    {
        var isName = name.Length is > 0 and <= Longest
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c is '.' or '_' or '-');
        return isName ? null : Refusal.Invalid(field, $"must be 1 to {Longest} characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
    }
}
