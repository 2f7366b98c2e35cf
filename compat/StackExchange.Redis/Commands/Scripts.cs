using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace StackExchange.Redis;

/// <summary>The hashes by which the server knows scripts.</summary>
internal sealed class Scripts
{
    private const int MaxScripts = 1024;
    private readonly ConcurrentDictionary<string, string> _hashes = new(StringComparer.Ordinal);

    public string HashOf(string script)
    {
        if (_hashes.TryGetValue(script, out var known))
        {
            return known;
        }
#pragma warning disable CA5350 // Redis names scripts by SHA-1.
        var hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(script)));
#pragma warning restore CA5350
        if (_hashes.Count >= MaxScripts)
        {
            _hashes.Clear();
        }
        return _hashes[script] = hash;
    }
}
