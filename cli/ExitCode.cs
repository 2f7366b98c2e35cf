namespace ModelOps.Cli;

/// <summary>What the process ends with; scripts and Kubernetes decide by it.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Not done; the error says what to do.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>Done, with rows that have no prediction.</summary>
    public const int Rejected = 3;
}
