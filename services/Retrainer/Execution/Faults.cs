using Grpc.Core;
using Npgsql;

namespace ModelOps.Retrainer.Execution;

/// <summary>What an exception says about the call that met it.</summary>
internal static class Faults
{
    private const int MaxLine = 1_000;

    /// <summary>Another service or the database is away, or has too much to do: the same call may work later.</summary>
    public static bool IsAway(Exception exception) => exception switch
    {
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted or StatusCode.Aborted,
        NpgsqlException npgsql => npgsql.IsTransient,
        HttpRequestException => true,
        _ => false,
    };

    /// <summary>Another service refused the call, and would again.</summary>
    public static bool IsRefusal(Exception exception) => exception is RpcException
    {
        StatusCode: StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.AlreadyExists
            or StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.OutOfRange or StatusCode.DataLoss,
    };

    /// <summary>The exception in one line for people.</summary>
    public static string Line(Exception exception)
    {
        var text = (exception is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : exception.Message).ReplaceLineEndings(" ");
        return text.Length <= MaxLine ? text : text[..MaxLine];
    }
}
