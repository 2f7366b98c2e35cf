using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.ServiceDefaults.Security;

namespace ModelOps.Gateway.Serving;

/// <summary>Holds one stream a replica: reports in, desired state out. Only the service credential opens it.</summary>
[Authorize(Policies.Service)]
internal sealed class ServingStateRpc(ReplicaSessions sessions) : ServingState.ServingStateBase
{
    public override Task WatchDesiredState(
        IAsyncStreamReader<ReplicaReport> requestStream, IServerStreamWriter<DesiredState> responseStream, ServerCallContext context) =>
        sessions.RunAsync(requestStream, responseStream, context.CancellationToken);
}
