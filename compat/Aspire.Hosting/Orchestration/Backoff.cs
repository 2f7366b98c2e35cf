namespace Aspire.Hosting.Orchestration;

/// <summary>How long to wait before something that ended is started again: longer each time, up to a bound.</summary>
internal sealed class Backoff
{
    private const int MaxDoublings = 6;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    private int _failures;

    /// <param name="ranFor">How long it ran; whoever ran for a minute starts from the shortest delay again.</param>
    public TimeSpan Next(TimeSpan ranFor)
    {
        _failures = ranFor >= Stable ? 0 : _failures;
        var delay = First * (1 << Math.Min(_failures, MaxDoublings));
        _failures++;
        return delay < Longest ? delay : Longest;
    }
}
