using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using ModelOps.Grpc.Tests.Protos;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>Does what the test put in <see cref="ProbeBehavior"/>; by default it echoes.</summary>
internal sealed class ProbeService(ProbeBehavior behavior) : Probe.ProbeBase
{
    public override Task<ProbeReply> Unary(ProbeRequest request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<ProbeReply> ClientStream(IAsyncStreamReader<ProbeRequest> requestStream, ServerCallContext context) =>
        behavior.ClientStream(requestStream, context);

    public override Task ServerStream(ProbeRequest request, IServerStreamWriter<ProbeReply> responseStream, ServerCallContext context) =>
        behavior.ServerStream(request, responseStream, context);

    public override Task Duplex(
        IAsyncStreamReader<ProbeRequest> requestStream, IServerStreamWriter<ProbeReply> responseStream, ServerCallContext context) =>
        behavior.Duplex(requestStream, responseStream, context);

    [Authorize]
    public override Task<ProbeReply> Restricted(ProbeRequest request, ServerCallContext context) =>
        Task.FromResult(new ProbeReply { Text = context.GetHttpContext().User.Identity?.Name ?? "" });
}
