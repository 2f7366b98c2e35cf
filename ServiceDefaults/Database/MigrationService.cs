using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Hosting;
using Npgsql;
using Polly;
using Polly.Retry;

namespace ModelOps.ServiceDefaults.Database;

/// <summary>Runs the migrations while the host starts, before the server listens.</summary>
internal sealed class MigrationService(
    MigrationTarget target,
    Lazy<NpgsqlDataSource> source,
    IOptions<MigrationOptions> options,
    TimeProvider time,
    ILogger<MigrationService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var migrations = target.Scripts();
        try
        {
            var migrator = new Migrator(source.Value, options.Value.CommandTimeout, logger, target.Schema);
            await WaitingForDatabase().ExecuteAsync(async ct => await migrator.ApplyAsync(migrations, ct), cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ArgumentException)
        {
            throw new StartupException($"database {target.ConnectionName} cannot be used: {e.GetBaseException().Message}", e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A database that is starting, or not made yet, is not an error: it is early.</summary>
    private ResiliencePipeline WaitingForDatabase()
    {
        var since = time.GetTimestamp();
        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(
                    time.GetElapsedTime(since) < options.Value.WaitForDatabase && args.Outcome.Exception is { } exception && IsEarly(exception)),
                OnRetry = args =>
                {
                    logger.WaitingForDatabase(target.ConnectionName, args.Outcome.Exception!.GetBaseException().Message);
                    return default;
                },
            })
            .Build();
    }

    private static bool IsEarly(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } || FailureClassifier.IsDependencyDown(exception);
}
