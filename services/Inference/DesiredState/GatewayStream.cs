using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Gateway.V1;

namespace ModelOps.Inference.DesiredState;

/// <summary>One stream to the Gateway: says what the replica holds, hears what it has to hold.</summary>
internal sealed class GatewayStream(
    ServingState.ServingStateClient gateway, ModelHost host, ReplicaReports reports, IOptions<DesiredStateOptions> options, TimeProvider clock)
{
    /// <summary>Holds a stream until it ends.</summary>
    /// <param name="connected">Called when the Gateway has answered for the first time.</param>
    /// <param name="ct">Ends the stream.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> HoldAsync(Action<ReplicaReport> connected, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            using var call = gateway.WatchDesiredState(cancellationToken: ended.Token);
            var talking = TalkAsync(call.RequestStream, ended.Token);
            var listening = ListenAsync(call.ResponseStream, connected, ended.Token);
            var first = await Task.WhenAny(talking, listening);
            await ended.CancelAsync();
            await Task.WhenAll(talking, listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
            return "it ended the stream";
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}: {e.Status.Detail}";
        }
    }

    private async Task TalkAsync(IClientStreamWriter<ReplicaReport> stream, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await stream.WriteAsync(reports.Current(), ct);
            await ChangeOrHeartbeatAsync(ct);
        }
    }

    private async Task ChangeOrHeartbeatAsync(CancellationToken ct)
    {
        using var heartbeat = new CancellationTokenSource(options.Value.Heartbeat, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, heartbeat.Token);
        // Ends with a change, with the heartbeat or with the stream; the caller looks which.
        Task change = host.Changes.ReadAsync(either.Token).AsTask();
        await change.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ListenAsync(IAsyncStreamReader<Contracts.Gateway.V1.DesiredState> stream, Action<ReplicaReport> connected, CancellationToken ct)
    {
        for (var isFirst = true; await stream.MoveNext(ct); isFirst = false)
        {
            host.Apply(DesiredModels.From(stream.Current));
            if (isFirst)
            {
                connected(reports.Current());
            }
        }
    }
}
