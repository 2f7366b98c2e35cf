using System.Collections.Frozen;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Gateway.Replicas;

namespace ModelOps.Gateway.Serving;

/// <summary>The rules for what a replica reports.</summary>
internal static class ReplicaReports
{
    private const int MaxIdLength = 128;
    private const int MaxReasonLength = 1_024;

    /// <summary>What is wrong with a report, as field and rule; null when nothing is.</summary>
    /// <param name="report">The report.</param>
    /// <param name="first">The first report of the stream; null when this is it.</param>
    /// <param name="maxVersions">Versions one report may name.</param>
    public static (string Field, string Rule)? FindProblem(ReplicaReport report, ReplicaReport? first, int maxVersions)
    {
        if (report.InstanceId.Length is 0 or > MaxIdLength)
        {
            return ("instance_id", $"must be 1 to {MaxIdLength} characters");
        }
        if (first is not null && (report.InstanceId, report.HttpAddress, report.GrpcAddress) != (first.InstanceId, first.HttpAddress, first.GrpcAddress))
        {
            return ("instance_id", "must stay the same, with its addresses, while the stream is open");
        }
        if (!IsBaseAddress(report.HttpAddress))
        {
            return ("http_address", "must be a base address such as http://10.0.0.7:5111");
        }
        if (!IsBaseAddress(report.GrpcAddress))
        {
            return ("grpc_address", "must be a base address such as http://10.0.0.7:5112");
        }
        if (report.Versions.Count > maxVersions)
        {
            return ("versions", $"must be at most {maxVersions}");
        }
        return report.Versions.Select(FindProblem).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>What a valid report says, by version; of two entries for one version the last counts.</summary>
    public static FrozenDictionary<VersionKey, VersionReport> VersionsOf(ReplicaReport report)
    {
        var versions = new Dictionary<VersionKey, VersionReport>(report.Versions.Count);
        foreach (var loaded in report.Versions)
        {
            var reason = loaded.Reason.Length > MaxReasonLength ? loaded.Reason[..MaxReasonLength] : loaded.Reason;
            versions[new(loaded.Workspace, loaded.Model, loaded.Version)] = new((LoadProgress)loaded.State, reason);
        }
        return versions.ToFrozenDictionary();
    }

    private static (string Field, string Rule)? FindProblem(LoadedVersion loaded) =>
        loaded.Workspace.Length is 0 or > 128 ? ("versions.workspace", "must be 1 to 128 characters")
        : loaded.Model.Length is 0 or > 128 ? ("versions.model", "must be 1 to 128 characters")
        : loaded.Version < 1 ? ("versions.version", "must be 1 or more")
        : !Enum.IsDefined(loaded.State) ? ("versions.state", "must be a known state")
        : null;

    private static bool IsBaseAddress(string address) =>
        address.Length <= 256 && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https" } && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" };
}
