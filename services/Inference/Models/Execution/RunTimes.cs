namespace ModelOps.Inference.Models.Execution;

/// <summary>When the steps of a run were over, as timestamps of the clock.</summary>
internal struct RunTimes
{
    /// <summary>The batch was taken from the queue.</summary>
    public long Started { get; set; }

    /// <summary>The inputs lay as the model takes them.</summary>
    public long Gathered { get; set; }

    /// <summary>The model had run.</summary>
    public long Inferred { get; set; }

    /// <summary>The outputs were divided among the requests.</summary>
    public long Answered { get; set; }
}
