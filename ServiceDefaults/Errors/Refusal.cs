namespace ModelOps.ServiceDefaults.Errors;

/// <summary>An expected "no": the reason, and for bad input the field and the rule it broke.</summary>
/// <param name="Kind">What kind of no.</param>
/// <param name="Message">The rule that was broken, or what is missing; one line, for people, without secrets.</param>
/// <param name="Field">Path of the offending field in the caller's terms, for example <c>header.model</c>; null when no field is to blame.</param>
public record Refusal(RefusalKind Kind, string Message, string? Field = null)
{
    /// <summary>When it makes sense to try again; sent as <c>Retry-After</c> and as google.rpc.RetryInfo.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The text a caller reads: the field, if there is one, and the rule.</summary>
    public string Detail => Field is null ? Message : $"{Field}: {Message}";

    /// <summary>Bad input.</summary>
    public static Refusal Invalid(string field, string rule) => new(RefusalKind.Invalid, rule, field);

    /// <summary>Something does not exist.</summary>
    public static Refusal NotFound(string message) => new(RefusalKind.NotFound, message);
}
