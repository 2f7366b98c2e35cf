using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>
/// Remembers look-ups for a short time, known and unknown keys alike, in bounded memory. Requests that arrive together
/// share one query.
/// </summary>
internal sealed class ApiKeyLookup(ApiKeyStore store, KeyUse use, IOptions<ApiKeyOptions> options, TimeProvider clock) : IApiKeyStore
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private int _sweeping;

    /// <summary>Look-ups that are remembered now.</summary>
    public int Count => _entries.Count;

    public async Task<ApiKeyRecord?> FindAsync(string hash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!_entries.TryGetValue(hash, out var entry) || entry.Until <= now)
        {
            entry = Remember(hash, entry, now);
        }

        Found? found;
        try
        {
            found = await entry.Found.Value.WaitAsync(ct);
        }
        catch when (entry.Found.Value.IsFaulted)
        {
            _entries.TryRemove(new(hash, entry)); // a failure is not remembered
            throw;
        }
        if (found is not null)
        {
            use.Note(found.Id, now);
        }
        return found?.Record;
    }

    /// <summary>Forgets everything: a key was made or revoked here.</summary>
    public void Forget() => _entries.Clear();

    private Entry Remember(string hash, Entry? stale, DateTimeOffset now)
    {
        MakeRoom(now);
        // The query belongs to all who wait for it, so no single caller's token ends it; the command timeout does.
        var fresh = new Entry(now + options.Value.RememberFor, new(() => QueryAsync(hash)));
        return stale is not null && _entries.TryUpdate(hash, fresh, stale) ? fresh : _entries.GetOrAdd(hash, fresh);
    }

    private async Task<Found?> QueryAsync(string hash) =>
        await store.FindAsync(hash, CancellationToken.None) is { } key ? new(key.Id, key.ToRecord()) : null;

    private void MakeRoom(DateTimeOffset now)
    {
        if (_entries.Count < options.Value.MaxRemembered || Interlocked.Exchange(ref _sweeping, 1) == 1)
        {
            return;
        }
        try
        {
            foreach (var (hash, entry) in _entries)
            {
                // First what is over or unknown: thousands of made-up keys must not push out those in use.
                if (entry.Until <= now || entry.IsUnknown)
                {
                    _entries.TryRemove(new(hash, entry));
                }
            }
            if (_entries.Count >= options.Value.MaxRemembered)
            {
                _entries.Clear();
            }
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    private sealed record Found(Guid Id, ApiKeyRecord Record);

    private sealed class Entry(DateTimeOffset until, Lazy<Task<Found?>> found)
    {
        public DateTimeOffset Until { get; } = until;

        public Lazy<Task<Found?>> Found { get; } = found;

        public bool IsUnknown => Found is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } task } && task.GetAwaiter().GetResult() is null;
    }
}
