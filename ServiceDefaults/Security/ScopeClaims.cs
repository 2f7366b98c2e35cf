using System.Security.Claims;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>Scopes as claims: one for each scope that is included.</summary>
internal static class ScopeClaims
{
    public const string Type = "scope";

    private static readonly (ApiKeyScope Scope, string Policy)[] Ordered =
    [
        (ApiKeyScope.Read, Policies.Read),
        (ApiKeyScope.Write, Policies.Write),
        (ApiKeyScope.Approve, Policies.Approve),
        (ApiKeyScope.Admin, Policies.Admin),
    ];

    public static IEnumerable<string> Names => Ordered.Select(scope => scope.Policy).Append(Policies.Service);

    public static IEnumerable<Claim> Of(ApiKeyScope granted) =>
        from scope in Ordered where scope.Scope <= granted select new Claim(Type, scope.Policy);
}
