using System.Text;

namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceNames
{
    private const int MaxLength = 64;

    /// <summary>Aspire's rule: at most 64 ASCII letters, digits and single hyphens, starting with a letter.</summary>
    public static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var valid = name.Length <= MaxLength
            && char.IsAsciiLetter(name[0])
            && !name.EndsWith('-')
            && !name.Contains("--", StringComparison.Ordinal)
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-');
        if (!valid)
        {
            throw new ArgumentException(
                $"Resource name '{name}' is invalid. Name must be 1 to {MaxLength} ASCII letters, digits and single hyphens, starting with a letter.", nameof(name));
        }
    }

    /// <summary>The name as part of an environment variable: everything but letters, digits and underscores becomes an underscore.</summary>
    public static string ForEnvironment(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        if (char.IsAsciiDigit(name[0]))
        {
            text.Append('_');
        }

        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return text.ToString();
    }
}
