namespace Aspire.Hosting.Processes;

/// <summary>
/// Knows whether the host was started by <c>dotnet run</c>. On Linux a killed <c>dotnet run</c> leaves the host behind
/// without a word; all the host can see is that it has a new parent.
/// </summary>
internal static class ParentProcess
{
    /// <summary>The id of the <c>dotnet run</c> or <c>dotnet watch</c> that started this process, or null.</summary>
    public static int? DotnetRun()
    {
        var parent = Id();
        try
        {
            var commandLine = File.ReadAllText($"/proc/{parent}/cmdline");
            return IsDotnetRun(commandLine.Split('\0', StringSplitOptions.RemoveEmptyEntries)) ? parent : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // the parent is gone or another user's: nothing to follow
        }
    }

    /// <summary>The parent's id as it is now.</summary>
    public static int Id()
    {
        // "pid (name) state ppid ..."; the name may hold spaces and parentheses
        var stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
    }

    public static bool IsDotnetRun(IReadOnlyList<string> commandLine) =>
        commandLine.Count > 1
        && Path.GetFileName(commandLine[0]) is "dotnet"
        && commandLine.Skip(1).Take(3).Any(argument =>
            argument is "run" or "watch" || Path.GetFileName(argument).StartsWith("dotnet-watch", StringComparison.Ordinal));
}
