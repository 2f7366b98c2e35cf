using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Hands what each periodic run of the checks found to those who watch.</summary>
internal sealed class GrpcHealthChecksPublisher(HealthServiceImpl statuses, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var mapping in options.Value.Services)
        {
            statuses.SetStatus(mapping.Name, mapping.StatusOf(report));
        }
        return Task.CompletedTask;
    }
}
