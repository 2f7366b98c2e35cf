using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.ApiKeys;

/// <summary>The key that opens the door the first time.</summary>
internal sealed class BootstrapKeyOptions
{
    public const string Section = "Gateway";

    /// <summary>An admin key; empty: none is made. Only its hash is stored, and a key configured before it ends.</summary>
    [StringLength(ApiKey.MaxLength, MinimumLength = 16)]
    public string? BootstrapAdminKey { get; set; }
}

/// <summary>Stores the configured admin key's hash before the server takes traffic. Starting again changes nothing.</summary>
internal sealed class BootstrapKey(ApiKeyStore store, IOptions<BootstrapKeyOptions> options, TimeProvider clock) : IHostedService
{
    private const string Name = "bootstrap-admin";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.BootstrapAdminKey is not { Length: > 0 } secret)
        {
            return;
        }
        var now = clock.GetUtcNow();
        var key = new StoredKey(Guid.CreateVersion7(now), Name, StoredKey.HintOf(secret), [ApiKeyScope.Admin], now, Name);
        await store.EnsureBootstrapAsync(key, ApiKey.HashOf(secret), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
