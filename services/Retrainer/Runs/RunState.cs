namespace ModelOps.Retrainer.Runs;

/// <summary>How far a run or a stage is. The numbers are in the database and on the wire.</summary>
internal enum RunState
{
    /// <summary>Waits.</summary>
    Pending = 1,

    /// <summary>Under way.</summary>
    Running = 2,

    /// <summary>Done.</summary>
    Succeeded = 3,

    /// <summary>Ended with an error.</summary>
    Failed = 4,

    /// <summary>Ended by a caller.</summary>
    Cancelled = 5,

    /// <summary>Done, and the model was not good enough.</summary>
    Rejected = 6,
}
