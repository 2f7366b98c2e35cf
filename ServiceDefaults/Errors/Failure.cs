using Grpc.Core;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>How a request that did not succeed is answered, in both protocols.</summary>
/// <param name="Http">HTTP status.</param>
/// <param name="Grpc">gRPC status.</param>
/// <param name="Detail">What the caller reads; never an exception's text unless it is about the caller's input.</param>
internal sealed record Failure(int Http, StatusCode Grpc, string Detail)
{
    public string? Field { get; init; }

    public string? Rule { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How loud the failure is for the operator.</summary>
    public Severity Severity { get; init; }

    public static Failure Of(Refusal refusal) => new(refusal.Kind.ToHttp(), refusal.Kind.ToGrpc(), refusal.Detail)
    {
        Field = refusal.Field,
        Rule = refusal.Field is null ? null : refusal.Message,
        RetryAfter = refusal.RetryAfter,
    };
}
