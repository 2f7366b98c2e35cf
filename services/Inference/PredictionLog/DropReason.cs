namespace ModelOps.Inference.PredictionLog;

/// <summary>Why a prediction was answered and not logged.</summary>
internal enum DropReason
{
    /// <summary>The log has used up its bytes.</summary>
    Budget,

    /// <summary>The disk did not take it.</summary>
    Disk,

    /// <summary>The request had more rows than are logged.</summary>
    Rows,

    /// <summary>Its record is larger than 1 MiB.</summary>
    Size,
}
