using ModelOps.Monitor.Policies;

namespace ModelOps.Monitor.Windows;

/// <summary>Puts consecutive predictions of one version into windows: exactly as many into each as the policy says, closed when full.</summary>
internal static class WindowFilling
{
    /// <param name="open">The window that takes predictions; null: none.</param>
    /// <param name="eventTimes">The predictions, by their event times.</param>
    /// <param name="policy">How large and old windows may get.</param>
    /// <param name="now">When they are stored.</param>
    /// <returns>Every window that changed, the last one open or full, and which window each prediction went to.</returns>
    public static (IReadOnlyList<WindowFill> Windows, Guid[] WindowOf) Fill(
        WindowFill? open, IReadOnlyList<DateTime> eventTimes, MonitoringPolicy policy, DateTime now)
    {
        var windows = new List<WindowFill>();
        var windowOf = new Guid[eventTimes.Count];
        var current = open;
        if (current is not null && (current.IsDue(policy, now) || current.Rows >= policy.WindowRows))
        {
            // Nobody closed it in time, or the policy shrank.
            windows.Add(current.Close(now));
            current = null;
        }
        for (var i = 0; i < eventTimes.Count; i++)
        {
            current = (current ?? WindowFill.Open(Guid.CreateVersion7(), eventTimes[i], now)).Take(eventTimes[i], policy, now);
            windowOf[i] = current.Id;
            if (current.CloseTime is not null)
            {
                windows.Add(current);
                current = null;
            }
        }
        if (current is not null)
        {
            windows.Add(current);
        }
        return (windows, windowOf);
    }
}
