using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ModelOps.ServiceDefaults.Security;

/// <summary>A fresh API key: the text, shown once, and the hash, the only thing that is stored.</summary>
/// <param name="Text">What the caller sends: <c>mo_</c> and 43 characters that carry 256 random bits.</param>
/// <param name="Hash">See <see cref="HashOf"/>.</param>
public sealed record ApiKey(string Text, string Hash)
{
    /// <summary>How the text of every generated key begins, so that scanners for leaked secrets can find it.</summary>
    public const string Prefix = "mo_";

    /// <summary>Longer texts are refused unread.</summary>
    public const int MaxLength = 256;

    /// <summary>Makes a key from the system's random numbers.</summary>
    public static ApiKey Generate()
    {
        var text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return new(text, HashOf(text));
    }

    /// <summary>
    /// SHA-256 of the text in lower-case hexadecimal. The keys are random, so a slow, salted hash would protect nothing more
    /// and cost every request.
    /// </summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Does not show the key.</summary>
    public override string ToString() => $"{Prefix}***";
}
