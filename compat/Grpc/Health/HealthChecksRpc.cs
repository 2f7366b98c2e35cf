using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Answers <c>grpc.health.v1</c> by running the application's health checks.</summary>
internal sealed class HealthChecksRpc(
    HealthServiceImpl published,
    HealthCheckService checks,
    IOptions<GrpcHealthChecksOptions> options,
    IOptions<HealthCheckOptions> endpointOptions,
    IHostApplicationLifetime lifetime) : Health.V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (options.Value.UseHealthChecksCache)
        {
            return await published.Check(request, context).ConfigureAwait(false);
        }
        return options.Value.Services.TryGet(request.Service, out var mapping)
            ? new HealthCheckResponse { Status = await RunAsync(mapping, context.CancellationToken).ConfigureAwait(false) }
            : throw new RpcException(new Status(StatusCode.NotFound, ""));
    }

    public override Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // The first answer comes from a run of now: the periodic one may not have taken place yet.
        Func<CancellationToken, Task<ServingStatus>>? first =
            !options.Value.UseHealthChecksCache && options.Value.Services.TryGet(request.Service, out var mapping)
                ? ct => RunAsync(mapping, ct)
                : null;
        return published.WatchAsync(
            request.Service,
            first,
            responseStream,
            context.CancellationToken,
            options.Value.SuppressCompletionOnShutdown ? CancellationToken.None : lifetime.ApplicationStopping);
    }

    private async Task<ServingStatus> RunAsync(ServiceMapping mapping, CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(
            check => endpointOptions.Value.Predicate?.Invoke(check) is not false && mapping.Runs(check), ct).ConfigureAwait(false);
        return mapping.StatusOf(report);
    }
}
