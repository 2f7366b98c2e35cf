using Grpc.Core;

namespace ModelOps.ServiceDefaults.Tests.Probe;

/// <summary>Answers every kind of call with what the test decided.</summary>
internal sealed class ProbeRpc(ProbeAnswer answer) : Probe.ProbeBase
{
    public override Task<AskReply> Ask(AskRequest request, ServerCallContext context) => answer(request, context);

    public override async Task Download(AskRequest request, IServerStreamWriter<AskReply> responseStream, ServerCallContext context) =>
        await responseStream.WriteAsync(await answer(request, context), context.CancellationToken);

    public override async Task<AskReply> Upload(IAsyncStreamReader<AskRequest> requestStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        return await answer(requestStream.Current, context);
    }

    public override async Task Talk(
        IAsyncStreamReader<AskRequest> requestStream, IServerStreamWriter<AskReply> responseStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        await responseStream.WriteAsync(await answer(requestStream.Current, context), context.CancellationToken);
    }
}
