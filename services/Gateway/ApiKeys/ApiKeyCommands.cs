using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Errors;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>A key with its secret, which is never to be seen again.</summary>
internal sealed record CreatedKey(StoredKey Key, string Secret);

/// <summary>Some keys, and where the next page begins; empty on the last one.</summary>
internal sealed record ApiKeyPage(IReadOnlyList<StoredKey> Keys, string NextPageToken);

/// <summary>Makes, lists and revokes keys.</summary>
internal sealed class ApiKeyCommands(ApiKeyStore store, ApiKeyLookup lookup, IOptions<ApiKeyOptions> options, TimeProvider clock)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    /// <summary>Makes a key.</summary>
    public async Task<Outcome<CreatedKey>> CreateAsync(NewKey wish, string actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (wish.FindProblem(now) is { } problem)
        {
            return problem;
        }

        var fresh = ApiKey.Generate();
        var scopes = wish.Scopes.Select(ScopeRules.Parse).OfType<ApiKeyScope>().Distinct().Order().ToArray();
        var key = new StoredKey(Guid.CreateVersion7(now), wish.Name, StoredKey.HintOf(fresh.Text), scopes, now, actor, wish.ExpireTime);
        if (!await store.AddAsync(key, fresh.Hash, options.Value.MaxKeys, ct))
        {
            return new Refusal(RefusalKind.ResourceExhausted, $"{options.Value.MaxKeys} keys exist, as many as allowed; revoke some");
        }
        lookup.Forget();
        return new CreatedKey(key, fresh.Text);
    }

    /// <summary>A page of keys, oldest first.</summary>
    public async Task<Outcome<ApiKeyPage>> ListAsync(int pageSize, string pageToken, CancellationToken ct)
    {
        if (pageSize is < 0 or > MaxPage)
        {
            return Refusal.Invalid("page_size", $"must be 0 to {MaxPage}");
        }
        var after = Guid.Empty;
        if (pageToken.Length > 0 && !Guid.TryParse(pageToken, out after))
        {
            return Refusal.Invalid("page_token", "must be the next_page_token of a page before");
        }

        var size = pageSize == 0 ? DefaultPage : pageSize;
        var found = await store.ListAsync(after, size + 1, ct);
        return found.Count <= size ? new ApiKeyPage(found, "") : new ApiKeyPage([.. found.Take(size)], found[size - 1].Id.ToString());
    }

    /// <summary>Takes a key back: at once here, in other gateways when they look it up again.</summary>
    public async Task<Outcome<string>> RevokeAsync(string id, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var guid) || !await store.RevokeAsync(guid, clock.GetUtcNow(), ct))
        {
            return Refusal.NotFound($"there is no key '{id}'");
        }
        lookup.Forget();
        return id;
    }
}
