using System.Globalization;

namespace ModelOps.Aspire.Tests.Processes;

/// <summary>Looks at this machine's processes without any help from the code under test.</summary>
internal static class ProcessTable
{
    /// <summary>The living processes whose command line, environment or working folder mentions a text, and those of the given ids.</summary>
    public static IReadOnlyList<string> Mentioning(string text, params int[] alsoIds)
    {
        var found = new List<string>();
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => char.IsDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                var id = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                var commandLine = File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ');
                var mentioned = commandLine.Contains(text, StringComparison.Ordinal)
                    || File.ReadAllText($"{folder}/environ").Contains(text, StringComparison.Ordinal)
                    || Directory.ResolveLinkTarget($"{folder}/cwd", returnFinalTarget: false)!.FullName.StartsWith(text, StringComparison.Ordinal);
                if ((mentioned || alsoIds.Contains(id)) && id != Environment.ProcessId && !IsZombie(folder))
                {
                    found.Add($"{id} {commandLine}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it has just ended
            }
        }
        return found;
    }

    public static bool Exists(int id) => Directory.Exists($"/proc/{id}") && !IsZombie($"/proc/{id}");

    public static int ParentOf(int id) => int.Parse(Status($"/proc/{id}")[1], CultureInfo.InvariantCulture);

    private static bool IsZombie(string folder) => Status(folder)[0] == "Z";

    /// <summary>The fields of /proc/ID/stat after the name: state, parent, group, session and so on.</summary>
    private static string[] Status(string folder)
    {
        var stat = File.ReadAllText($"{folder}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }
}
