namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Why something was not done. Every kind has one gRPC status and one HTTP status, see <see cref="RefusalStatus"/>.</summary>
public enum RefusalKind
{
    /// <summary>Does not exist.</summary>
    NotFound = 1,

    /// <summary>The caller broke a rule of the contract; <see cref="Refusal.Field"/> says where.</summary>
    Invalid = 2,

    /// <summary>Somebody else was faster; the caller may look again and retry.</summary>
    Aborted = 3,

    /// <summary>Not allowed in the present state.</summary>
    FailedPrecondition = 4,

    /// <summary>Exists already.</summary>
    AlreadyExists = 5,

    /// <summary>Too much at the moment; <see cref="Refusal.RetryAfter"/> says when to come back.</summary>
    ResourceExhausted = 6,

    /// <summary>Something that is needed does not answer.</summary>
    Unavailable = 7,

    /// <summary>What was stored is no longer what was stored.</summary>
    DataLoss = 8,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 9,

    /// <summary>What was sent is larger than the limit.</summary>
    TooLarge = 10,

    /// <summary>It took longer than it may.</summary>
    DeadlineExceeded = 11,
}
