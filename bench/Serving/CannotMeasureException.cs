namespace ModelOps.Bench.Serving;

/// <summary>Something that a case needs is not there; the message says what to do.</summary>
internal sealed class CannotMeasureException(string message, Exception? cause = null) : Exception(message, cause);
