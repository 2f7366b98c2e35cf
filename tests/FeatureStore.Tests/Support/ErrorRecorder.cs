using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ModelOps.FeatureStore.Tests.Support;

/// <summary>Keeps the errors that were logged, so that one nobody expected fails the run.</summary>
internal sealed class ErrorRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _errors = new();

    public ILogger CreateLogger(string categoryName) => new Recorder(_errors);

    /// <summary>Takes one expected error out.</summary>
    public string? Take() => _errors.TryDequeue(out var error) ? error : null;

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Recorder(ConcurrentQueue<string> errors) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                errors.Enqueue($"{eventId.Name}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
