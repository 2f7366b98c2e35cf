using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace ModelOps.Registry.Versions;

/// <summary>
/// Where a page of a list starts, opaque to callers. It names the list it belongs to, so that a token of another list is
/// refused instead of giving a page from somewhere.
/// </summary>
internal static class PageToken
{
    private const char Separator = '\n';
    private const int Longest = 1_024;

    /// <summary>Makes a token.</summary>
    /// <param name="list">Name of the list.</param>
    /// <param name="last">Key of the last entry of the page before.</param>
    public static string Encode(string list, string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}{Separator}{last}"));

    /// <summary>Reads a token.</summary>
    /// <returns>The key; null when the token is none of this list's.</returns>
    public static string? Decode(string list, string token)
    {
        var bytes = new byte[Longest];
        if (token.Length > Longest || Base64Url.DecodeFromChars(token, bytes, out _, out var length) != OperationStatus.Done)
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.StartsWith($"{list}{Separator}", StringComparison.Ordinal) ? text[(list.Length + 1)..] : null;
    }
}
