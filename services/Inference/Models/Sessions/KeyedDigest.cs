using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Inference.Models.Sessions;

/// <summary>Digests that only a holder of the services' credential can make, for files that are trusted when they are found again.</summary>
internal sealed class KeyedDigest(IOptions<ServiceCredentialOptions> credential)
{
    public const int Length = HMACSHA256.HashSizeInBytes;
    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(credential.Value.Key), Length, info: "modelops kept files"u8.ToArray());

    /// <param name="use">What the file is for: a digest for one use is none for another.</param>
    /// <param name="parts">What it stands for.</param>
    public byte[] Of(string use, params ReadOnlySpan<byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(use)));
        foreach (var part in parts)
        {
            hash.AppendData(SHA256.HashData(part)); // one length, so that no two lists of parts read alike
        }
        return hash.GetHashAndReset();
    }
}
