namespace ModelOps.Inference.Models.Batching;

/// <summary>When a request runs on the thread of its caller instead of being handed over to an instance.</summary>
internal enum CallerRuns
{
    /// <summary>Never: the model's runs take long, and get threads of their own so that they hold up no other model.</summary>
    Never,

    /// <summary>When no other request of the model is under way: those that are gain from going together.</summary>
    WhenAlone,

    /// <summary>When an instance is idle: a common run saves less than the hand-over costs. What comes while all are busy still goes together.</summary>
    WhenIdle,
}
