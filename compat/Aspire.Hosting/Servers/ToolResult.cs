namespace Aspire.Hosting.Servers;

/// <summary>How a program ended and the last lines it wrote.</summary>
internal sealed record ToolResult(int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>The line that most likely says what went wrong.</summary>
    public string Reason =>
        Lines.LastOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.Contains("fatal", StringComparison.OrdinalIgnoreCase))
        ?? Lines.LastOrDefault(line => !string.IsNullOrWhiteSpace(line))
        ?? $"exit code {ExitCode}";
}
