using System.Text.RegularExpressions;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Servers;

/// <summary>One installed PostgreSQL.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Major)
{
    private const string DebianRoot = "/usr/lib/postgresql";

    public string Postgres => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>The folders that hold a server, the one in PATH first, then Debian's, newest first.</summary>
    public static IReadOnlyList<string> Folders(ServerOptions options)
    {
        var inPath = Executables.Find("postgres");
        var debian = Directory.Exists(DebianRoot)
            ? Directory.GetDirectories(DebianRoot)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return
        [
            .. (options.BinaryFolder is { } only ? [only] : inPath is null ? debian : debian.Prepend(Path.GetDirectoryName(inPath)!))
                .Where(folder => Executables.Find(Path.Combine(folder, "postgres")) is not null && Executables.Find(Path.Combine(folder, "initdb")) is not null)
                .Distinct(),
        ];
    }

    /// <summary>The server to use with data of the given version; the preferred one when there are no data yet.</summary>
    /// <exception cref="CannotStartException">None fits.</exception>
    public static async Task<PostgresBinaries> ForAsync(ServerOptions options, int? dataMajor, string dataFolder, CancellationToken ct)
    {
        var found = new List<PostgresBinaries>();
        foreach (var folder in Folders(options))
        {
            var spec = new ProcessSpec { Name = options.Name, FileName = Path.Combine(folder, "postgres"), Arguments = ["--version"], WorkingDirectory = "/" };
            var result = await Tool.RunAsync(options, spec, ct);
            if (Version().Match(string.Join(' ', result.Lines)) is { Success: true } match)
            {
                found.Add(new(folder, int.Parse(match.Groups["major"].Value)));
            }
        }
        return found.FirstOrDefault(binaries => dataMajor is null || binaries.Major == dataMajor)
            ?? throw new CannotStartException(
                $"the data in {dataFolder} are of PostgreSQL {dataMajor}, installed is {string.Join(", ", found.Select(binaries => binaries.Major))}: "
                + $"install the Debian package postgresql-{dataMajor} or move the folder away");
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
