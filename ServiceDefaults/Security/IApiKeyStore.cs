namespace ModelOps.ServiceDefaults.Security;

/// <summary>Where API keys are kept. Asked at every public request: an implementation is expected to remember for seconds.</summary>
public interface IApiKeyStore
{
    /// <summary>The key with this hash, also when it is expired or revoked; null when there is none.</summary>
    /// <param name="hash">See <see cref="ApiKey.HashOf"/>.</param>
    /// <param name="ct">Ends the search.</param>
    Task<ApiKeyRecord?> FindAsync(string hash, CancellationToken ct);
}
