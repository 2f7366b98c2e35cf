using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Generates a value, for passwords.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // The characters Aspire uses: those that are told apart on paper and need no quoting in a URL or a shell.
    private const string Lowercase = "abcdefghjkmnpqrstuvwxyz";
    private const string Uppercase = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Specials = "-_.{}~()*+!";

    public int MinLength { get; set; }

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (string Characters, bool Allowed, int Least, string Name)[] kinds =
            [(Lowercase, Lower, MinLower, nameof(MinLower)), (Uppercase, Upper, MinUpper, nameof(MinUpper)),
             (Digits, Numeric, MinNumeric, nameof(MinNumeric)), (Specials, Special, MinSpecial, nameof(MinSpecial))];
        if (kinds.FirstOrDefault(k => !k.Allowed && k.Least > 0) is { Name: { } contradiction })
        {
            throw new ArgumentException($"{contradiction} is more than 0, but its characters are not allowed.");
        }

        var alphabet = string.Concat(kinds.Where(k => k.Allowed).Select(k => k.Characters));
        if (alphabet.Length == 0)
        {
            throw new ArgumentException("At least one character type must be enabled.");
        }

        var required = kinds.SelectMany(k => RandomNumberGenerator.GetItems<char>(k.Characters, k.Least)).ToArray();
        char[] value = [.. required, .. RandomNumberGenerator.GetItems<char>(alphabet, Math.Max(0, MinLength - required.Length))];
        RandomNumberGenerator.Shuffle<char>(value);
        return new(value);
    }
}
