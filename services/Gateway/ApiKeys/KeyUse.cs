using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>Collects when keys were used and writes it now and then, so that no request waits for it. Bounded by the number of keys.</summary>
internal sealed partial class KeyUse(ApiKeyStore store, IOptions<ApiKeyOptions> options, TimeProvider clock, ILogger<KeyUse> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();

    /// <summary>Notes that a key was used.</summary>
    public void Note(Guid id, DateTimeOffset now) => _uses[id] = now;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RecordUseEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await WriteAsync(stoppingToken);
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        var batch = new Dictionary<Guid, DateTimeOffset>();
        foreach (var (id, time) in _uses)
        {
            if (_uses.TryRemove(new(id, time)))
            {
                batch[id] = time;
            }
        }
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            await store.RecordUseAsync(batch, ct);
        }
        catch (NpgsqlException e)
        {
            foreach (var (id, time) in batch)
            {
                _uses.TryAdd(id, time); // with the next batch, unless used again since
            }
            Log.NotWritten(logger, batch.Count, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 10, EventName = "KeyUseNotWritten", Level = LogLevel.Warning, Message = "Times of last use of {Count} keys wait: {Reason}")]
        public static partial void NotWritten(ILogger logger, int count, string reason);
    }
}
