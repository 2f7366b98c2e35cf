using System.Security.Cryptography;
using System.Text;

namespace ModelOps.ServiceDefaults.Database;

/// <summary>One numbered SQL file.</summary>
/// <param name="Number">Its number, 1 and up.</param>
/// <param name="Name">File name without folder.</param>
/// <param name="Sql">What it does.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text; line ends do not count, since version control changes them.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
}
