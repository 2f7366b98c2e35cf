using Grpc.Core;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Models;

/// <summary>One run at a time and nobody waits: whoever holds the only turn too long is seen at once.</summary>
public sealed class RunLimitTests : IAsyncLifetime
{
    private static readonly ModelInferRequest Endless = Rounds(long.MaxValue);
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _app = await InferenceApp.StartAsync(_peers, ("Inference:MaxConcurrentRuns", "1"), ("Inference:MaxQueuedRuns", "0"));
        _peers.Want(2, _peers.Store("rounds", 1, OnnxModels.Rounds()));
        await _app.ReadyAsync("rounds", 1);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task A_run_ends_when_its_caller_goes_and_its_turn_is_free()
    {
        using var caller = new CancellationTokenSource();
        var endless = await TakeTurnAsync(caller.Token);

        await caller.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => endless.Run)).StatusCode);
        await FreeAsync();
    }

    [Fact]
    public async Task A_run_ends_when_its_deadline_passes()
    {
        var late = await Assert.ThrowsAsync<RpcException>(
            async () => await _app.Grpc.ModelInferAsync(Endless, InferenceApp.Headers, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(200)));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await FreeAsync();
    }

    [Fact]
    public async Task When_nobody_may_wait_the_next_request_is_refused()
    {
        using var caller = new CancellationTokenSource();
        var endless = await TakeTurnAsync(caller.Token);

        var refused = await _app.RefusedAsync(Rounds(1));

        Assert.Equal((StatusCode.ResourceExhausted, "0 requests are waiting for this model already"), (refused.StatusCode, refused.Detail));
        await caller.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => endless.Run);
    }

    private static ModelInferRequest Rounds(long rounds) => Requests.Of("rounds", Requests.Tensor("rounds", "INT64", 1)).Raw(BitConverter.GetBytes(rounds));

    /// <summary>Starts a run that takes the only turn. Asking whether it has may itself take the turn first; then it starts again.</summary>
    private async Task<Holder> TakeTurnAsync(CancellationToken ct)
    {
        var endless = _app.InferAsync(Endless, ct);
        await Testing.Poll.UntilAsync(
            "the only turn is taken",
            async _ =>
            {
                endless = endless.IsFaulted ? _app.InferAsync(Endless, ct) : endless;
                return await StatusAsync() == StatusCode.ResourceExhausted;
            },
            ct: CancellationToken.None);
        return new Holder(endless);
    }

    private sealed record Holder(Task<ModelInferResponse> Run);

    private Task FreeAsync() =>
        Testing.Poll.UntilAsync("the turn is free again", async _ => await StatusAsync() == StatusCode.OK, TimeSpan.FromSeconds(30), CancellationToken.None);

    private async Task<StatusCode> StatusAsync()
    {
        using var call = _app.Grpc.ModelInferAsync(Rounds(1), InferenceApp.Headers, cancellationToken: CancellationToken.None);
        await ((Task)call.ResponseAsync).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return call.GetStatus().StatusCode;
    }
}
