namespace ModelOps.Inference.Models;

/// <summary>One version of a model.</summary>
internal readonly record struct VersionKey(string Workspace, string Model, long Version)
{
    public ModelName Name => new(Workspace, Model);

    public override string ToString() => $"{Workspace}/{Model}/{Version}";
}

/// <summary>A model, whatever its version.</summary>
internal readonly record struct ModelName(string Workspace, string Model)
{
    public const string DefaultWorkspace = "default";
}
