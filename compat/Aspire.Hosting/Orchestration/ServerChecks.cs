using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Health checks that are a question with one line for an answer.</summary>
internal static class ServerChecks
{
    /// <summary>Adds a check under the name Aspire gives it.</summary>
    /// <param name="builder">The resource that is checked.</param>
    /// <param name="ask">Returns null when all is well, else the reason.</param>
    public static IResourceBuilder<T> WithCheck<T>(this IResourceBuilder<T> builder, Func<CancellationToken, Task<string?>> ask)
        where T : IResource
    {
        var key = $"{builder.Resource.Name}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, _ => new Question(ask), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }

    private sealed class Question(Func<CancellationToken, Task<string?>> ask) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await ask(cancellationToken).ConfigureAwait(false) is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy();
    }
}
