namespace ModelOps.ServiceDefaults.Security;

/// <summary>The name of who is behind a call, carried from service to service.</summary>
internal static class ActorName
{
    public const string Header = "x-modelops-actor";
    public const int MaxLength = 256;

    /// <summary>As a header value, which is ASCII only: everything else is percent-encoded.</summary>
    public static string Encode(string actor) => Uri.EscapeDataString(actor.Length > MaxLength ? actor[..MaxLength] : actor);

    /// <summary>Back from the header; null when there is no usable name in it.</summary>
    public static string? Decode(string? header)
    {
        if (string.IsNullOrWhiteSpace(header) || header.Length > MaxLength * 12)
        {
            return null;
        }
        var actor = Uri.UnescapeDataString(header);
        return actor.Length <= MaxLength && !actor.Any(char.IsControl) ? actor : null;
    }
}
