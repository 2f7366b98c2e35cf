using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch.Runs;

/// <summary>How a run that failed for a while is tried again. A server that is full is busy, not broken: it is asked more often.</summary>
/// <param name="Retries">Tries after the first.</param>
/// <param name="FirstWait">Wait before the first of them; doubled each time.</param>
/// <param name="LongestWait">Longest wait.</param>
public sealed record RetryPolicy(int Retries, TimeSpan FirstWait, TimeSpan LongestWait)
{
    /// <summary>Tries after the first when the server is full: some minutes of it.</summary>
    private const int RetriesWhenFull = 20;

    /// <summary>Three more tries, after 0.5, 1 and 2 seconds, or as long as was said.</summary>
    public static readonly RetryPolicy Default = new(3, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));

    /// <summary>How long to wait after a try; null: it is not tried again.</summary>
    /// <param name="refusal">Why it failed.</param>
    /// <param name="retry">Which retry it would be, from 0.</param>
    internal TimeSpan? WaitAfter(Refusal refusal, int retry)
    {
        if (retry >= (refusal.Kind == RefusalKind.ResourceExhausted ? RetriesWhenFull : Retries) || !MayPass(refusal.Kind))
        {
            return null;
        }
        var wait = refusal.RetryAfter ?? FirstWait * Math.Pow(2, retry);
        return wait < LongestWait ? wait : LongestWait;
    }

    private static bool MayPass(RefusalKind kind) =>
        kind is RefusalKind.Unavailable or RefusalKind.ResourceExhausted or RefusalKind.DeadlineExceeded or RefusalKind.Aborted;
}
