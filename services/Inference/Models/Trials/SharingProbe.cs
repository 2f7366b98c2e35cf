using ModelOps.Inference.Models.Execution;

namespace ModelOps.Inference.Models.Trials;

/// <summary>Measures whether instances are faster with a session each: a session's own locks and its arena cost small models more than their run.</summary>
internal static class SharingProbe
{
    private const int Rounds = 5;
    private const int RunsPerRound = 40;

    /// <summary>Memory is worth something too: sessions of their own have to be this much faster.</summary>
    private const double Gain = 1.05;

    /// <summary>Compares instances on one session with instances on one each.</summary>
    /// <param name="shared">The one session.</param>
    /// <param name="own">One session per instance.</param>
    /// <param name="trialOf">Makes trial runs on a session.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="ct">Ends the measuring between two rounds.</param>
    public static async Task<bool> IsOwnFasterAsync(
        IExecutable shared, IReadOnlyList<IExecutable> own, Func<IExecutable, TrialRuns> trialOf, TimeProvider clock, CancellationToken ct)
    {
        var (together, apart) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var round = 0; round < Rounds; round++)
        {
            ct.ThrowIfCancellationRequested();
            together.Add(await TimeAsync([.. own.Select(_ => shared)], trialOf, clock));
            apart.Add(await TimeAsync(own, trialOf, clock));
        }
        return together.Min() > apart.Min() * Gain; // the least disturbed rounds
    }

    private static async Task<TimeSpan> TimeAsync(IReadOnlyList<IExecutable> executables, Func<IExecutable, TrialRuns> trialOf, TimeProvider clock)
    {
        var trials = executables.Select(trialOf).ToList();
        try
        {
            var started = clock.GetTimestamp();
            await Task.WhenAll(trials.Select(trial => Task.Run(() =>
            {
                for (var i = 0; i < RunsPerRound; i++)
                {
                    trial.Run(trial.Inputs.Numbered(i, 1))?.Dispose();
                }
            })));
            return clock.GetElapsedTime(started);
        }
        finally
        {
            trials.ForEach(trial => trial.Dispose());
        }
    }
}
