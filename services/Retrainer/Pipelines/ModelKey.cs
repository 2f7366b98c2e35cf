using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Retrainer.Pipelines;

/// <summary>A model of a workspace.</summary>
/// <param name="Workspace">Workspace.</param>
/// <param name="Name">Name of the model.</param>
internal sealed record ModelKey(string Workspace, string Name)
{
    /// <summary>The workspace that is meant when none is named.</summary>
    public const string DefaultWorkspace = "default";

    private const int MaxName = 128;

    /// <summary>A key from the fields of a request.</summary>
    public static ModelKey Of(string? workspace, string model) => new(string.IsNullOrEmpty(workspace) ? DefaultWorkspace : workspace, model);

    /// <summary>Checks both names; null when they are in order.</summary>
    public Refusal? Check() => CheckName(Workspace, "workspace") ?? CheckName(Name, "model");

    public override string ToString() => Name;

    private static Refusal? CheckName(string name, string field)
    {
        var isName = name.Length is > 0 and <= MaxName
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c is '.' or '_' or '-');
        return isName ? null : Refusal.Invalid(field, $"must be 1 to {MaxName} characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
    }
}
