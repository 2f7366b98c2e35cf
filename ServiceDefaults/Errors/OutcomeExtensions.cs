using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>The edge where an outcome becomes a gRPC status or an HTTP answer.</summary>
public static class OutcomeExtensions
{
    /// <summary>The value, or the refusal as the gRPC status that belongs to it.</summary>
    /// <exception cref="RpcException">The outcome is a refusal.</exception>
    public static T OrThrow<T>(this Outcome<T> outcome)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Succeeded ? outcome.Value : throw outcome.Refusal.ToRpcException();
    }

    /// <summary>Ends a gRPC call whose answer is there already, unless it was refused.</summary>
    public static void ThrowIfRefused(this Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw refusal.ToRpcException();
        }
    }

    /// <summary>The refusal as an exception that ends a gRPC call with its status, message and google.rpc details.</summary>
    public static RpcException ToRpcException(this Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new RefusedException(refusal);
    }

    /// <summary>The answer made of the value, or the refusal as problem+json.</summary>
    public static IResult ToResult<T>(this Outcome<T> outcome, Func<T, IResult> answer)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(answer);
        return outcome.Succeeded ? answer(outcome.Value) : outcome.Refusal.ToResult();
    }

    /// <summary>The refusal as problem+json.</summary>
    public static IResult ToResult(this Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new RefusalResult(refusal);
    }
}
