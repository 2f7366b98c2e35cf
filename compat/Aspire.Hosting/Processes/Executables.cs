namespace Aspire.Hosting.Processes;

/// <summary>Finds programs the way a shell does.</summary>
internal static class Executables
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Where Debian keeps what an ordinary user's PATH may leave out.
    private static readonly string[] Usual = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of a program, or null when there is none.</summary>
    /// <param name="name">A path, or a name to look up in PATH and then in the usual folders.</param>
    public static string? Find(string name)
    {
        if (name.Contains('/'))
        {
            return IsExecutable(name) ? Path.GetFullPath(name) : null;
        }
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(Usual).Select(folder => Path.Combine(folder, name)).FirstOrDefault(IsExecutable);
    }

    /// <summary>The full path of a program that comes with util-linux or coreutils, which every Debian has.</summary>
    /// <exception cref="CannotStartException">It is missing all the same.</exception>
    public static string Require(string name, string package) =>
        Find(name) ?? throw new CannotStartException($"{name} is missing: install the Debian package {package}");

    private static bool IsExecutable(string path) =>
        File.Exists(path) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
}
