namespace ModelOps.Retrainer.Runs;

/// <summary>How a run ended without a version.</summary>
/// <param name="State">Failed, cancelled or rejected.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="Outputs">What had come out of the stage it ended in.</param>
internal sealed record RunEnd(RunState State, string Reason, IReadOnlyDictionary<string, string> Outputs)
{
    private static readonly Dictionary<string, string> Nothing = [];

    public static RunEnd Failed(string reason) => new(RunState.Failed, reason, Nothing);

    public static RunEnd Cancelled() => new(RunState.Cancelled, "cancelled by a caller", Nothing);
}

/// <summary>Why and for how long a run is given back.</summary>
/// <param name="Delay">Until it is due again.</param>
/// <param name="Error">What went wrong or what is waited for, one line; empty: this process stops.</param>
/// <param name="IsBroken">True when the stage broke down, which it may do a few times only.</param>
/// <param name="IsWaiting">True when it waits for something that is not there.</param>
internal sealed record Pause(TimeSpan Delay, string Error, bool IsBroken, bool IsWaiting);
