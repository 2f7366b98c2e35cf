namespace ModelOps.Monitor.Windows;

/// <summary>How far a window is; the numbers are those of monitor.proto and of the column.</summary>
internal enum WindowState
{
    /// <summary>Takes predictions.</summary>
    Open = 1,

    /// <summary>Takes no more; to be assessed.</summary>
    Closed = 2,

    /// <summary>Assessed, or found not to be assessable.</summary>
    Assessed = 3,
}
