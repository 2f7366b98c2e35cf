using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Terminal;

/// <summary>The application's own log, as lines among those of its resources.</summary>
internal sealed class ConsoleLoggerProvider(ConsoleOutput output) : ILoggerProvider
{
    public const string Name = "apphost";

    public ILogger CreateLogger(string categoryName) => new LineLogger((line, isError) => output.WriteLine(Name, line, isError));

    public void Dispose()
    {
        // The terminal is nobody's to close.
    }
}
