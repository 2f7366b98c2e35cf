using Microsoft.Extensions.Options;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.FeatureStore.Ingestion;

/// <summary>What the options allow at the moment.</summary>
internal sealed class IngestionLimits(IOptions<IngestionOptions> options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _files = new(options.Value.MaxConcurrentFiles);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The last event time a row may have now.</summary>
    public long Latest => EventTime.Of(Now + options.Value.MaxFuture);

    public long MaxFileBytes => options.Value.MaxFileBytes;

    /// <summary>Takes one of the places for files; disposing gives it back.</summary>
    public Outcome<IDisposable> EnterFile() => _files.Wait(TimeSpan.Zero, CancellationToken.None)
        ? new Place(_files)
        : new Refusal(RefusalKind.ResourceExhausted, $"{options.Value.MaxConcurrentFiles} files are being taken in, no more are at a time") { RetryAfter = ComeBackAfter };

    public void Dispose() => _files.Dispose();

    private sealed class Place(SemaphoreSlim files) : IDisposable
    {
        public void Dispose() => files.Release();
    }
}
