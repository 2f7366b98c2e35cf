using ModelOps.Monitor.Policies;

namespace ModelOps.Monitor.Windows;

/// <summary>How far a window is filled.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Rows">Predictions in it.</param>
/// <param name="OpenTime">When its first prediction was stored.</param>
/// <param name="LatestTime">When its latest prediction was stored.</param>
/// <param name="FirstEventTime">Smallest event time.</param>
/// <param name="LastEventTime">Largest event time.</param>
/// <param name="CloseTime">When it was closed; null while it takes predictions.</param>
internal sealed record WindowFill(
    Guid Id, long Rows, DateTime OpenTime, DateTime LatestTime, DateTime FirstEventTime, DateTime LastEventTime, DateTime? CloseTime)
{
    /// <summary>Whether it is old enough, or was left alone for long enough, to be closed. Full windows are closed where they are filled.</summary>
    public bool IsDue(MonitoringPolicy policy, DateTime now) =>
        CloseTime is null
        && (now - OpenTime >= TimeSpan.FromSeconds(policy.WindowSeconds)
            || (policy.WindowIdleSeconds > 0 && now - LatestTime >= TimeSpan.FromSeconds(policy.WindowIdleSeconds)));

    /// <summary>Closed now.</summary>
    public WindowFill Close(DateTime now) => this with { CloseTime = now };

    /// <summary>One prediction more; closed when that fills it.</summary>
    public WindowFill Take(DateTime eventTime, MonitoringPolicy policy, DateTime now)
    {
        var filled = this with
        {
            Rows = Rows + 1,
            LatestTime = now,
            FirstEventTime = eventTime < FirstEventTime ? eventTime : FirstEventTime,
            LastEventTime = eventTime > LastEventTime ? eventTime : LastEventTime,
        };
        return filled.Rows >= policy.WindowRows ? filled.Close(now) : filled;
    }

    /// <summary>A window that has no prediction yet.</summary>
    public static WindowFill Open(Guid id, DateTime eventTime, DateTime now) => new(id, 0, now, now, eventTime, eventTime, null);
}
