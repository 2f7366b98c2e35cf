using System.Security.Cryptography;
using System.Text;

namespace Aspire.Hosting.Servers;

/// <summary>Remembers, without storing it, which user name and password a data folder was given.</summary>
internal static class CredentialStamp
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int Iterations = 100_000;

    public static string Make(string userName, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return $"{Convert.ToBase64String(salt)} {Convert.ToBase64String(Derive(userName, password, salt))}";
    }

    public static bool Matches(string stamp, string userName, string password)
    {
        var parts = stamp.Trim().Split(' ');
        var salt = new byte[SaltBytes];
        var hash = new byte[HashBytes];
        return parts.Length == 2
            && Convert.TryFromBase64String(parts[0], salt, out var saltLength) && saltLength == SaltBytes
            && Convert.TryFromBase64String(parts[1], hash, out var hashLength) && hashLength == HashBytes
            && CryptographicOperations.FixedTimeEquals(hash, Derive(userName, password, salt));
    }

    private static byte[] Derive(string userName, string password, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes($"{userName}\n{password}"), salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
}
