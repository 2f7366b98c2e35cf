using Microsoft.Extensions.Logging;

namespace ModelOps.ServiceDefaults.Tests.Hosting;

internal sealed record LogRecord(LogLevel Level, string Category, string Event, string Message, Exception? Exception);
