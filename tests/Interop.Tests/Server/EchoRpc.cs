using Google.Protobuf;
using Grpc.Core;
using ModelOps.Interop.V1;

namespace ModelOps.Interop.Server;

/// <summary>The service as echo.proto describes it, on our server.</summary>
internal sealed class EchoRpc(CallLedger ledger) : Echo.EchoBase
{
    public override async Task<Pong> Unary(Ping request, ServerCallContext context)
    {
        await BeginAsync(request, context);
        if (request.Wait)
        {
            await ledger.UntilAbandonedAsync(request.Text, context.CancellationToken);
        }
        if (request.Gate > 0)
        {
            await ledger.PassGateAsync(request.Text, request.Gate, context.CancellationToken);
        }
        FailIfTold(request);
        return Answer(request, context);
    }

    public override async Task ServerStream(Ping request, IServerStreamWriter<Pong> responseStream, ServerCallContext context)
    {
        await BeginAsync(request, context);
        if (request.Wait)
        {
            await responseStream.WriteAsync(Answer(request, context), context.CancellationToken);
            await ledger.UntilAbandonedAsync(request.Text, context.CancellationToken);
        }
        for (var index = 0; index < request.Count; index++)
        {
            await responseStream.WriteAsync(Answer(request, context, index), context.CancellationToken);
        }
        FailIfTold(request);
    }

    public override async Task<Pong> ClientStream(IAsyncStreamReader<Ping> requestStream, ServerCallContext context)
    {
        var pings = new List<Ping>();
        await foreach (var ping in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (pings.Count == 0)
            {
                await BeginAsync(ping, context);
            }
            pings.Add(ping);
            if (ping.Wait)
            {
                await ledger.UntilAbandonedAsync(ping.Text, context.CancellationToken);
            }
            FailIfTold(ping);
        }
        var all = new Ping
        {
            Text = string.Join(',', pings.Select(ping => ping.Text)),
            Data = ByteString.CopyFrom([.. pings.SelectMany(ping => ping.Data)]),
        };
        return Answer(all, context, pings.Count);
    }

    public override async Task Duplex(IAsyncStreamReader<Ping> requestStream, IServerStreamWriter<Pong> responseStream, ServerCallContext context)
    {
        var index = 0;
        await foreach (var ping in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (index == 0)
            {
                await BeginAsync(ping, context);
            }
            FailIfTold(ping);
            await responseStream.WriteAsync(Answer(ping, context, index++), context.CancellationToken);
            if (ping.Wait)
            {
                await ledger.UntilAbandonedAsync(ping.Text, context.CancellationToken);
            }
        }
    }

    public override Task<Pong> Abandoned(Ping request, ServerCallContext context) =>
        Task.FromResult(new Pong { Index = ledger.Abandoned(request.Text) });

    private static async Task BeginAsync(Ping ping, ServerCallContext context)
    {
        // The service compresses unless told otherwise.
        context.WriteOptions = ping.Compress ? null : new WriteOptions(WriteFlags.NoCompress);
        if (!ping.EchoMetadata)
        {
            return;
        }
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            headers.Add(entry);
            var trailer = $"t-{entry.Key[2..]}";
            context.ResponseTrailers.Add(entry.IsBinary ? new Metadata.Entry(trailer, entry.ValueBytes) : new Metadata.Entry(trailer, entry.Value));
        }
        await context.WriteResponseHeadersAsync(headers);
    }

    private static void FailIfTold(Ping ping)
    {
        if (ping.StatusCode != 0)
        {
            throw new RpcException(new Status((StatusCode)ping.StatusCode, ping.StatusMessage));
        }
    }

    private Pong Answer(Ping ping, ServerCallContext context, int index = 0) => new()
    {
        Text = ping.Text,
        Data = ping.Data,
        Index = index,
        RemainingMs = context.Deadline == DateTime.MaxValue ? -1 : (long)ledger.Until(context.Deadline).TotalMilliseconds,
        Peer = context.Peer,
        Encoding = context.GetHttpContext().Request.Headers.GrpcEncoding.ToString(),
    };
}
