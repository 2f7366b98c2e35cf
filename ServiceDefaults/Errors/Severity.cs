namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Who has to look at a failure.</summary>
internal enum Severity
{
    /// <summary>Nobody: the caller's mistake, or the caller left.</summary>
    Expected,

    /// <summary>The operator: something that is needed does not answer.</summary>
    Dependency,

    /// <summary>The developer.</summary>
    Bug,
}
