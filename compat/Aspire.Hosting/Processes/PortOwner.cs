using System.Globalization;

namespace Aspire.Hosting.Processes;

/// <summary>Finds out who listens on a port, as far as this user may know.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>"process 123 (postgres)", or null.</summary>
    public static string? Find(int port)
    {
        var sockets = Sockets(port).Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        return sockets.Count == 0 ? null : Directory.GetDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Holds(folder, sockets))
            .Select(folder => $"process {Path.GetFileName(folder)} ({Name(folder)})")
            .FirstOrDefault();
    }

    private static IEnumerable<string> Sockets(int port)
    {
        var suffix = $":{port.ToString("X4", CultureInfo.InvariantCulture)}";
        return SocketTables.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            .Select(fields => fields[9]);
    }

    private static bool Holds(string folder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"{folder}/fd").Any(file => sockets.Contains(new FileInfo(file).LinkTarget ?? ""));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended, or it is another user's
        }
    }

    private static string Name(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/comm").Trim();
        }
        catch (IOException)
        {
            return "ended meanwhile";
        }
    }
}
