using Microsoft.Extensions.Options;
using ModelOps.FeatureStore.Definitions;
using ModelOps.FeatureStore.History;
using ModelOps.FeatureStore.Values;
using ModelOps.ServiceDefaults.Errors;
using StackExchange.Redis;

namespace ModelOps.FeatureStore.Online;

/// <summary>The newest row of each entity in Redis. Redis that does not answer is unavailable: never an entity without a row.</summary>
internal sealed class OnlineStore(IConnectionMultiplexer redis, IOptions<OnlineOptions> options, TimeProvider clock)
{
    // So many rows are written within one timeout.
    private const int BatchSize = 250;

    /// <summary>
    /// Writes a row unless Redis holds one of the same or a later event time, which it compares as two halves of 32 bits since a
    /// number of Lua has 53. ARGV: the row, and when it goes (milliseconds since 1970, 0: never); a row of the same time keeps its
    /// values and takes that over, since the view's TTL may have changed.
    /// </summary>
    private static readonly string WriteIfNewer = $"""
        local known = redis.call('GETRANGE', KEYS[1], 0, {RowCodec.ValuesOffset - 1})
        if #known == {RowCodec.ValuesOffset} and string.byte(known) == {RowCodec.Format} then
          local oldHigh, oldLow = struct.unpack('>I4I4', known, {RowCodec.EventTimeOffset + 1})
          local newHigh, newLow = struct.unpack('>I4I4', ARGV[1], {RowCodec.EventTimeOffset + 1})
          if newHigh < oldHigh or (newHigh == oldHigh and newLow < oldLow) then return 0 end
          if newHigh == oldHigh and newLow == oldLow then
            if ARGV[2] == '0' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
            return 0
          end
        end
        if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2]) end
        return 1
        """;

    /// <summary>Asks whether Redis answers.</summary>
    /// <returns>Why not.</returns>
    public async Task<Refusal?> CheckAsync(CancellationToken ct) =>
        (await GuardAsync<TimeSpan>(database => database.PingAsync(), ct)).Refusal;

    /// <summary>Writes rows that are newer than what Redis holds of their entity.</summary>
    /// <param name="view">Their view.</param>
    /// <param name="rows">The rows, one per entity.</param>
    /// <param name="ct">Ends the wait for Redis.</param>
    /// <returns>How many entities have a newer row now.</returns>
    public async Task<Outcome<long>> WriteAsync(FeatureView view, IAsyncEnumerable<HistoryRow> rows, CancellationToken ct)
    {
        var written = 0L;
        await foreach (var batch in rows.Chunk(BatchSize).WithCancellation(ct))
        {
            var answer = await GuardAsync(database => WriteAsync(database, view, batch), ct);
            if (!answer.Succeeded)
            {
                return answer;
            }
            written += answer.Value;
        }
        return written;
    }

    /// <summary>Reads rows of many entities and views in one round trip.</summary>
    /// <param name="views">The views.</param>
    /// <param name="entities">Their entity keys.</param>
    /// <param name="ct">Ends the wait for Redis.</param>
    /// <returns>Per view, one row per entity; null where there is none.</returns>
    public async Task<Outcome<Row?[][]>> ReadAsync(IReadOnlyList<FeatureView> views, EntityRows entities, CancellationToken ct)
    {
        if ((long)views.Count * entities.Count > options.Value.MaxKeysPerRead)
        {
            return Refusal.Invalid("entities", $"times views must be at most {options.Value.MaxKeysPerRead:N0}, they are {views.Count * entities.Count:N0}");
        }
        RedisKey[] keys = [.. views.SelectMany(view => entities.KeysOf(view).Select(entity => (RedisKey)OnlineKeys.Of(view, entity)))];
        var read = await GuardAsync(database => database.StringGetAsync(keys), ct);
        return read.Then(values => Unpack(views, entities.Count, values));
    }

    private async Task<long> WriteAsync(IDatabase database, FeatureView view, HistoryRow[] rows)
    {
        // One call per row, sent together: the rows may lie in different slots of a cluster.
        var calls = rows.Select(row => database.ScriptEvaluateAsync(
            WriteIfNewer, [OnlineKeys.Of(view, EntityKey.FromBytes(row.Entity, view.Entity.Type))], [row.Packed, ExpireAt(view, row.EventTime)]));
        return (await Task.WhenAll(calls)).Sum(result => (long)result);
    }

    private long ExpireAt(FeatureView view, long eventTime)
    {
        var end = EventTime.Of(clock.GetUtcNow());
        return view.TtlSeconds == 0 ? 0 : (Math.Max(eventTime + (view.TtlSeconds * 1_000_000), end) / 1_000) + (long)options.Value.KeepExpired.TotalMilliseconds + 1;
    }

    private static Outcome<Row?[][]> Unpack(IReadOnlyList<FeatureView> views, int entities, RedisValue[] values)
    {
        var rows = new Row?[views.Count][];
        for (var v = 0; v < views.Count; v++)
        {
            rows[v] = new Row?[entities];
            for (var i = 0; i < entities; i++)
            {
                var packed = values[(v * entities) + i];
                rows[v][i] = packed.IsNull ? null : RowCodec.Unpack(((ReadOnlyMemory<byte>)packed).Span, views[v].Version, views[v].Schema);
                if (rows[v][i] is null && !packed.IsNull)
                {
                    return new Refusal(RefusalKind.DataLoss, $"the online store holds a row of {views[v].Name} that cannot be read");
                }
            }
        }
        return rows;
    }

    private async Task<Outcome<T>> GuardAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken ct)
        where T : notnull
    {
        try
        {
            return await call(redis.GetDatabase()).WaitAsync(options.Value.Timeout, clock, ct);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return new Refusal(RefusalKind.Unavailable, "the online store does not answer; try again later");
        }
    }
}
