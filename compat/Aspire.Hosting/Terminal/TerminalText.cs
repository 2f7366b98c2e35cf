using System.Text.RegularExpressions;

namespace Aspire.Hosting.Terminal;

internal static partial class TerminalText
{
    /// <summary>Text without what steers a terminal: a resource's output must not move the cursor or retitle the window.</summary>
    public static string Plain(string text) => Controls().Replace(text, "");

    [GeneratedRegex(@"\x1B\[[0-?]*[ -/]*[@-~]|\x1B\][^\x07\x1B]*(?:\x07|\x1B\\)|\x1B[@-Z\\-_]|[\x00-\x08\x0B-\x1F\x7F]")]
    private static partial Regex Controls();
}
