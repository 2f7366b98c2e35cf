namespace ModelOps.Gateway.Deployments;

/// <summary>The rule for names of models.</summary>
internal static class ModelName
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "must be 1 to 128 characters of [a-z0-9._-], the first a letter or a digit";

    /// <summary>True when the name keeps the rule.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: >= 1 and <= 128 } && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0]))
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}
