using System.Reflection;
using System.Text.RegularExpressions;
using ModelOps.ServiceDefaults.Hosting;

namespace ModelOps.ServiceDefaults.Database;

/// <summary>Finds the migrations of an assembly and checks that they are numbered 1, 2, 3 and so on.</summary>
internal static partial class MigrationScripts
{
    /// <exception cref="StartupException">There are none, or their numbers have gaps or repeat.</exception>
    public static IReadOnlyList<Migration> Of(Assembly assembly)
    {
        var found = from resource in assembly.GetManifestResourceNames()
                    where resource.Contains(".Migrations.", StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal)
                    select Read(assembly, resource);
        return Ordered(assembly.GetName().Name ?? "", found);
    }

    /// <exception cref="StartupException">There are none, or their numbers have gaps or repeat.</exception>
    public static IReadOnlyList<Migration> Ordered(string assembly, IEnumerable<Migration> found)
    {
        Migration[] migrations = [.. found.OrderBy(migration => migration.Number)];
        if (migrations.Length == 0)
        {
            throw new StartupException($"{assembly} embeds no Migrations/NNNN_name.sql files");
        }
        for (var index = 0; index < migrations.Length; index++)
        {
            if (index > 0 && migrations[index].Number == migrations[index - 1].Number)
            {
                throw new StartupException($"migrations {migrations[index - 1].Name} and {migrations[index].Name} have the same number");
            }
            if (migrations[index].Number != index + 1)
            {
                throw new StartupException($"migration {index + 1:0000} is missing: {migrations[index].Name} comes next");
            }
        }
        return migrations;
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var name = resource[(resource.LastIndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..];
        if (FileName().Match(name) is not { Success: true } match)
        {
            throw new StartupException($"migration {name} must be named NNNN_name.sql, the name in lower case with underscores");
        }
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new(int.Parse(match.Groups["number"].Value), name, reader.ReadToEnd());
    }

    [GeneratedRegex(@"^(?<number>\d{4})_[a-z0-9_]+\.sql$")]
    private static partial Regex FileName();
}
