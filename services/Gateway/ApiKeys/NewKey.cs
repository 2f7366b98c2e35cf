using System.Text.Json.Serialization;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>What a new key is to be.</summary>
/// <param name="Name">Who or what will hold it: 1 to 64 characters of [A-Za-z0-9._@-]; it stands in audit records.</param>
/// <param name="Scopes">read, write, approve or admin.</param>
/// <param name="ExpireTime">When it ends by itself; left out: never.</param>
internal sealed record NewKey(
    [property: JsonRequired] string Name,
    [property: JsonRequired] IReadOnlyList<string> Scopes,
    DateTimeOffset? ExpireTime = null)
{
    /// <summary>The first part that breaks its rule.</summary>
    public Refusal? FindProblem(DateTimeOffset now) =>
        !IsName(Name) ? Refusal.Invalid("name", "must be 1 to 64 characters of [A-Za-z0-9._@-]")
        : Scopes is not { Count: > 0 } || Scopes.Any(scope => ScopeRules.Parse(scope) is null)
            ? Refusal.Invalid("scopes", $"must name at least one of {string.Join(", ", ScopeRules.Names)} and nothing else")
        : ExpireTime <= now ? Refusal.Invalid("expire_time", "must lie in the future")
        : null;

    private static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 64 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '@' or '-');
}
