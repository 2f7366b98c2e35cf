using ModelOps.Contracts.Gateway.V1;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>What this replica says of itself.</summary>
internal sealed class ReplicaReports(ModelCatalog catalog, ReplicaEndpoints endpoints, TimeProvider clock)
{
    /// <summary>Identity of the process, new at every start.</summary>
    public string InstanceId { get; } = Guid.CreateVersion7(clock.GetUtcNow()).ToString();

    public string HttpAddress => endpoints.HttpAddress;

    public string GrpcAddress => endpoints.GrpcAddress;

    public ReplicaReport Current()
    {
        var report = new ReplicaReport { InstanceId = InstanceId, HttpAddress = HttpAddress, GrpcAddress = GrpcAddress };
        foreach (var (name, model) in catalog.Now.Models)
        {
            foreach (var (version, held) in model.Versions)
            {
                var status = held.Shown;
                report.Versions.Add(new LoadedVersion
                {
                    Workspace = name.Workspace,
                    Model = name.Model,
                    Version = version,
                    State = (LoadState)status.State,
                    Reason = status.Reason,
                });
            }
        }
        return report;
    }
}
