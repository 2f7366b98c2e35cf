namespace Aspire.Hosting.Processes;

/// <summary>A process or server cannot start; the message is one line that says why and what would help.</summary>
internal sealed class CannotStartException(string message, Exception? inner = null) : Exception(message, inner);
