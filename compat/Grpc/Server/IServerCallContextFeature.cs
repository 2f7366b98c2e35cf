using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>On the <c>HttpContext</c> of a gRPC call: the call.</summary>
public interface IServerCallContextFeature
{
    ServerCallContext ServerCallContext { get; }
}
