using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>Names of scopes, and the scope a call needs.</summary>
internal static class ScopeRules
{
    /// <summary>The names in the order of the scopes; they are stored and travel in JSON.</summary>
    public static readonly IReadOnlyList<string> Names = [Policies.Read, Policies.Write, Policies.Approve, Policies.Admin];

    /// <summary>The scope of a name.</summary>
    public static ApiKeyScope? Parse(string? name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (string.Equals(Names[i], name, StringComparison.Ordinal))
            {
                return (ApiKeyScope)(i + 1);
            }
        }
        return null;
    }

    /// <summary>The name of a scope.</summary>
    public static string NameOf(ApiKeyScope scope) => Names[(int)scope - 1];

    /// <summary>The policy of a call of the Registry's gRPC service. A call that is not known here needs the most.</summary>
    public static string PolicyOfRegistryRpc(string method) => method switch
    {
        "GetModelVersion" or "ListModelVersions" or "ListModels" or "DownloadArtifact"
            or "GetReferenceProfile" or "GrantRollout" or "GetGovernancePolicy" => Policies.Read, // a grant only says whether; it changes nothing
        "RegisterModelVersion" or "TransitionStage" or "SetGovernancePolicy" => Policies.Write,
        _ => Policies.Admin,
    };
}
