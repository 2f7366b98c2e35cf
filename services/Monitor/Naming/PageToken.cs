using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Monitor.Naming;

/// <summary>
/// Where a page of a list starts, opaque to callers. It names the list it belongs to, so that a token of another list is
/// refused instead of giving a page from somewhere.
/// </summary>
internal static class PageToken
{
    private const char Separator = '\n';
    private const int Longest = 1_024;

    /// <summary>Makes the token of the page after the entry at <paramref name="position"/>.</summary>
    public static string Encode(string list, long position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}{Separator}{position}"));

    /// <summary>Reads a token; an empty one gives <paramref name="first"/>.</summary>
    public static Outcome<long> Decode(string list, string token, long first)
    {
        if (token.Length == 0)
        {
            return first;
        }
        var bytes = new byte[Longest];
        return token.Length <= Longest
            && Base64Url.DecodeFromChars(token, bytes, out _, out var length) == OperationStatus.Done
            && Encoding.UTF8.GetString(bytes, 0, length) is var text
            && text.StartsWith($"{list}{Separator}", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(list.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : Refusal.Invalid("page_token", "must be the next_page_token of an earlier page of the same list");
    }

    /// <summary>A page size: 0 stands for 100.</summary>
    public static Outcome<int> Size(int said, int max) =>
        said == 0 ? 100 : said >= 1 && said <= max ? said : Refusal.Invalid("page_size", $"must be 1 to {max}, it is {said}");
}
