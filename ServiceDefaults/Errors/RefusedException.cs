using Grpc.Core;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>A refusal on its way out of a gRPC method; REST handlers that meet it answer with the same refusal.</summary>
internal sealed class RefusedException(Refusal refusal)
    : RpcException(new Status(refusal.Kind.ToGrpc(), refusal.Detail), RpcErrorDetails.Trailers(refusal))
{
    public Refusal Refusal { get; } = refusal;
}
