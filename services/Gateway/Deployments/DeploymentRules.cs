using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Gateway.Deployments;

/// <summary>What a deployment may be named.</summary>
internal static class DeploymentRules
{
    /// <summary>Workspace of requests that name none.</summary>
    public const string DefaultWorkspace = "default";

    /// <summary>Environment of requests that name none.</summary>
    public const string DefaultEnvironment = "production";

    private const int MaxPinned = 8;
    private static readonly string[] Environments = ["dev", "staging", "production"];

    /// <summary>The key of a request, with what it left out.</summary>
    public static DeploymentKey KeyOf(string? workspace, string? environment, string model) => new(
        string.IsNullOrEmpty(workspace) ? DefaultWorkspace : workspace, string.IsNullOrEmpty(environment) ? DefaultEnvironment : environment, model);

    /// <summary>What is answered for a model that is not deployed.</summary>
    public static Refusal NotDeployed(DeploymentKey key) => Refusal.NotFound($"model '{key.Model}' is not deployed in {key.Environment}");

    /// <summary>What is answered while a rollout has the model.</summary>
    public static Refusal UnderWay(DeploymentKey key, CandidateArm candidate) => new(
        RefusalKind.FailedPrecondition,
        $"rollout {candidate.RolloutId} of version {candidate.Served.Version} of model '{key.Model}' is under way in {key.Environment}; abort it or wait for its end");

    /// <summary>The first of the versions that breaks its rule.</summary>
    public static Refusal? FindProblem(long version, IReadOnlyList<long>? pinned) =>
        version < 1 ? Refusal.Invalid("version", "must be 1 or more")
        : pinned is null ? null
        : pinned.Count > MaxPinned ? Refusal.Invalid("pinned_versions", $"must be at most {MaxPinned}, there are {pinned.Count}")
        : pinned.Any(one => one < 1) ? Refusal.Invalid("pinned_versions", "must be 1 or more")
        : pinned.Distinct().Count() < pinned.Count ? Refusal.Invalid("pinned_versions", "must be different versions")
        : null;

    /// <summary>The first part of a key that breaks its rule.</summary>
    public static Refusal? FindProblem(DeploymentKey key) =>
        !ModelName.IsValid(key.Workspace) ? Refusal.Invalid("workspace", ModelName.Rule)
        : !Environments.Contains(key.Environment) ? Refusal.Invalid("environment", $"must be one of {string.Join(", ", Environments)}")
        : !ModelName.IsValid(key.Model) ? Refusal.Invalid("model", ModelName.Rule)
        : null;
}
