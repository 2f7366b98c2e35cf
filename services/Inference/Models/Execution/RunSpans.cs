using System.Diagnostics;

namespace ModelOps.Inference.Models.Execution;

/// <summary>Spans of what a request went through: waiting for its run, the putting together of the batch, the run. They are children of the request's own span.</summary>
internal static class RunSpans
{
    private static readonly ActivitySource Traces = new(InferenceMetrics.Name);

    /// <summary>Records the spans of a request that was run.</summary>
    /// <param name="request">The request's span.</param>
    /// <param name="queuedAt">When it was queued, as a timestamp of the clock.</param>
    /// <param name="times">When the steps of its run were over.</param>
    /// <param name="rows">Rows of the whole run.</param>
    /// <param name="clock">The clock.</param>
    public static void Record(Activity request, long queuedAt, RunTimes times, int rows, TimeProvider clock)
    {
        var (now, stamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        Span("inference.queue", queuedAt, times.Started);
        Span("inference.batch", times.Started, times.Gathered);
        Span("inference.compute", times.Gathered, times.Inferred);

        void Span(string name, long from, long to)
        {
            using var span = Traces.StartActivity(name, ActivityKind.Internal, request.Context, startTime: At(from));
            span?.SetTag("modelops.batch_rows", rows).SetEndTime(At(to).UtcDateTime);
        }

        DateTimeOffset At(long timestamp) => now - clock.GetElapsedTime(timestamp, stamp);
    }
}
