namespace ModelOps.Registry.Models;

/// <summary>A model's name in its workspace.</summary>
internal sealed record ModelKey(string Workspace, string Name)
{
    public const string DefaultWorkspace = "default";

    /// <summary>A key, with the default workspace where none is said.</summary>
    public static ModelKey Of(string? workspace, string name) => new(string.IsNullOrEmpty(workspace) ? DefaultWorkspace : workspace, name);

    public override string ToString() => Workspace == DefaultWorkspace ? Name : $"{Workspace}/{Name}";
}
