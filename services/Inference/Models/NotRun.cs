using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models;

/// <summary>A request that the model was never given: its queue was full, it waited too long, or the version is taken out.</summary>
/// <param name="Kind">What kind of no.</param>
/// <param name="Message">Why; one line.</param>
internal sealed record NotRun(RefusalKind Kind, string Message) : Refusal(Kind, Message)
{
    /// <summary>A request that waited longer than it may.</summary>
    public static readonly NotRun Expired = new(RefusalKind.Unavailable, "Request timeout expired");
}
