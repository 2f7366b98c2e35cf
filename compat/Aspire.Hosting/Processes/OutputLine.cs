namespace Aspire.Hosting.Processes;

/// <summary>One line that a process wrote, without its line end.</summary>
internal readonly record struct OutputLine(string Text, bool IsError);
