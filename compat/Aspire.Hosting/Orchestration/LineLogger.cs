using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Turns log entries into lines.</summary>
internal sealed class LineLogger(Action<string, bool> write, LogLevel minimum = LogLevel.Information) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // One line an entry: an exception shows as its message, never as a stack trace.
        var text = formatter(state, exception);
        write(exception is null ? text : $"{text}: {exception.Message.ReplaceLineEndings(" ")}", logLevel >= LogLevel.Error);
    }
}
