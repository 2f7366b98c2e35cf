using System.Text;

namespace Aspire.Hosting.Projects;

internal static class CommandLine
{
    /// <summary>The arguments of a command line: separated by white space, except between double quotes; <c>\"</c> is a quote.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        var arguments = new List<string>();
        var current = new StringBuilder();
        var (quoted, started) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length && line[i + 1] == '"')
            {
                current.Append(line[++i]);
                started = true;
            }
            else if (line[i] == '"')
            {
                (quoted, started) = (!quoted, true);
            }
            else if (char.IsWhiteSpace(line[i]) && !quoted)
            {
                if (started)
                {
                    arguments.Add(current.ToString());
                }

                current.Clear();
                started = false;
            }
            else
            {
                current.Append(line[i]);
                started = true;
            }
        }

        if (started)
        {
            arguments.Add(current.ToString());
        }

        return arguments;
    }
}
