namespace ModelOps.Gateway.Routing;

/// <summary>The rule for identities of predictions: one travels from the request to the label that comes weeks later.</summary>
internal static class PredictionId
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "must be 1 to 128 characters of [A-Za-z0-9._:-]";

    /// <summary>The caller's identity, or a new one, ordered by time; null when the caller's breaks the rule.</summary>
    public static string? Of(string? given, DateTimeOffset now) =>
        string.IsNullOrEmpty(given) ? Guid.CreateVersion7(now).ToString() : IsValid(given) ? given : null;

    private static bool IsValid(string id) => id.Length <= 128 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');
}
