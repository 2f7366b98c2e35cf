using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.Execution;

/// <summary>What follows when a stage is not done: another try after a pause, or the end of the run. Pure.</summary>
internal static class NextStep
{
    /// <summary>After a breakdown.</summary>
    /// <param name="stage">The stage as it was before it was begun this time.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="options">The bounds.</param>
    /// <returns>A pause, or null when the run has to end.</returns>
    public static Pause? AfterBreakdown(Stage stage, string error, ExecutionOptions options) => stage.Broken + 1 >= options.MaxBreakdowns
        ? null
        : new(Within(options.MinPause * Math.Pow(2, Math.Min(stage.Broken, 30)), options), error, IsBroken: true, IsWaiting: false);

    /// <summary>While something is not there. The pause grows with the time that was waited already, so that little of it is wasted.</summary>
    /// <param name="stage">The stage as it was before it was begun this time.</param>
    /// <param name="wait">What is waited for.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="now">The time.</param>
    /// <returns>A pause, or null when it was waited for long enough.</returns>
    public static Pause? WhileWaiting(Stage stage, StageResult.Wait wait, ExecutionOptions options, DateTimeOffset now)
    {
        var waited = now - (stage.WaitingSince ?? now);
        return waited >= wait.AtMost
            ? null
            : new(Within(waited / 4, options), wait.Reason, IsBroken: false, IsWaiting: true);
    }

    /// <summary>When this process stops.</summary>
    public static Pause Stopping { get; } = new(TimeSpan.Zero, "", IsBroken: false, IsWaiting: false);

    private static TimeSpan Within(TimeSpan pause, ExecutionOptions options) =>
        pause < options.MinPause ? options.MinPause : pause > options.MaxPause ? options.MaxPause : pause;
}
