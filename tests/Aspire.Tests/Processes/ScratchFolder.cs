namespace ModelOps.Aspire.Tests.Processes;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
public sealed class ScratchFolder : IDisposable
{
    private const UnixFileMode OpenToAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public ScratchFolder()
    {
        Path = Directory.CreateTempSubdirectory("modelops-").FullName;
        SetMode(OpenToAll);
    }

    public string Path { get; }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void SetMode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, mode);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
