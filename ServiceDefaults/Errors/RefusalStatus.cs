using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Which statuses a kind of refusal has; the only place that knows.</summary>
public static class RefusalStatus
{
    /// <summary>The gRPC status of a kind.</summary>
    public static StatusCode ToGrpc(this RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCode.NotFound,
        RefusalKind.Invalid => StatusCode.InvalidArgument,
        RefusalKind.Aborted => StatusCode.Aborted,
        RefusalKind.FailedPrecondition => StatusCode.FailedPrecondition,
        RefusalKind.AlreadyExists => StatusCode.AlreadyExists,
        RefusalKind.ResourceExhausted or RefusalKind.TooLarge => StatusCode.ResourceExhausted,
        RefusalKind.Unavailable => StatusCode.Unavailable,
        RefusalKind.DataLoss => StatusCode.DataLoss,
        RefusalKind.PermissionDenied => StatusCode.PermissionDenied,
        RefusalKind.DeadlineExceeded => StatusCode.DeadlineExceeded,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The HTTP status of a kind.</summary>
    public static int ToHttp(this RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Invalid => StatusCodes.Status400BadRequest,
        RefusalKind.Aborted or RefusalKind.FailedPrecondition or RefusalKind.AlreadyExists => StatusCodes.Status409Conflict,
        RefusalKind.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RefusalKind.DataLoss => StatusCodes.Status500InternalServerError,
        RefusalKind.PermissionDenied => StatusCodes.Status403Forbidden,
        RefusalKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalKind.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The HTTP status that stands for a gRPC status, as google.rpc.Code documents it.</summary>
    public static int ToHttp(this StatusCode status) => status switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.InvalidArgument or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Aborted or StatusCode.AlreadyExists or StatusCode.FailedPrecondition => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
