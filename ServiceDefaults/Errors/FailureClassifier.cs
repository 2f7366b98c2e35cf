using System.Net.Sockets;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Decides what an exception means to the caller.</summary>
internal static class FailureClassifier
{
    private const string DependencyDown = "something this service needs does not answer; try again later";

    private static readonly Failure Unavailable =
        new(StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, DependencyDown) { Severity = Severity.Dependency };

    private static readonly Failure Late =
        new(StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded, "the deadline passed before there was an answer");

    private static readonly Failure Cancelled =
        new(StatusCodes.Status499ClientClosedRequest, StatusCode.Cancelled, "the caller cancelled the call");

    private static readonly Failure Bug =
        new(StatusCodes.Status500InternalServerError, StatusCode.Internal, "an unexpected error; it was logged") { Severity = Severity.Bug };

    /// <param name="exception">What reached the edge.</param>
    /// <param name="callerLeft">The caller's cancellation, or the end of its connection, was seen.</param>
    /// <param name="deadlinePassed">The caller's deadline is over.</param>
    public static Failure Of(Exception exception, bool callerLeft = false, bool deadlinePassed = false) => exception switch
    {
        RefusedException refused => Failure.Of(refused.Refusal),
        OperationCanceledException or IOException { InnerException: OperationCanceledException } when callerLeft =>
            deadlinePassed ? Late : Cancelled,
        BadHttpRequestException bad => BadRequests.Describe(bad),
        JsonException json => BadRequests.Describe(json),
        IOException when callerLeft => Cancelled,
        RpcException rpc => OfRpc(rpc),
        _ when IsDependencyDown(exception) => Unavailable,
        _ => Bug,
    };

    /// <summary>Whether somebody else's process is the reason, and the same request may work later.</summary>
    public static bool IsDependencyDown(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient || IsServerGone(postgres.SqlState),
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is SocketException or IOException or TimeoutException,
        HttpRequestException or SocketException or TimeoutException => true,
        BrokenCircuitException or TimeoutRejectedException => true,
        IOException { InnerException: SocketException or TimeoutException } => true,
        RpcException rpc => rpc.StatusCode == StatusCode.Unavailable,
        AggregateException many => many.InnerExceptions.All(IsDependencyDown),
        _ => false,
    };

    /// <summary>Connection exceptions, insufficient resources, operator intervention, system errors.</summary>
    private static bool IsServerGone(string sqlState) =>
        sqlState.Length == 5 && sqlState[..2] is "08" or "53" or "57" or "58";

    private static Failure OfRpc(RpcException rpc)
    {
        // A status that this process made up itself, because no answer came, tells of addresses and sockets: keep that inside.
        var local = rpc.Status.DebugException is not null;
        return rpc.StatusCode switch
        {
            StatusCode.Unavailable => local ? Unavailable : Unavailable with { Detail = rpc.Status.Detail },
            StatusCode.DeadlineExceeded => Late with { Severity = Severity.Dependency },
            StatusCode.Cancelled => Cancelled,
            StatusCode.Unknown or StatusCode.Internal => Bug,
            _ => new Failure(rpc.StatusCode.ToHttp(), rpc.StatusCode, rpc.Status.Detail),
        };
    }
}
