using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.OpenInference;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.Models.Batching;

/// <summary>Batches as callers see them: through the protocol, on one instance, so that what comes meanwhile queues up.</summary>
public sealed class BatchingTests : IAsyncLifetime
{
    private const string OneInstance = """{"instances":{"count":1}}""";
    private Peers _peers = null!;
    private InferenceApp _app = null!;

    public async Task InitializeAsync()
    {
        _peers = await Peers.StartAsync();
        _peers.Serves("sum", 1, """{"instances":{"count":1},"batching":{"enabled":true}}""");
        _peers.Serves("open", 1, OneInstance);
        _peers.Serves("off", 1, """{"instances":{"count":1},"batching":{"enabled":false}}""");
        _peers.Serves("gather", 1, OneInstance);
        _peers.Serves("impatient", 1, """{"instances":{"count":1},"batching":{"queue_timeout_microseconds":20000}}""");
        _peers.Serves("patient", 1, """{"instances":{"count":1},"batching":{"timeout_action":"delay","max_queue_delay_microseconds":500,"queue_timeout_microseconds":20000}}""");
        _peers.Serves("insists", 1, """{"batching":{"enabled":true}}""");
        _app = await InferenceApp.StartAsync(_peers);
        _peers.Want(
            2,
            _peers.Store("sum", 1, OnnxModels.SumAndDifference()),
            _peers.Store("open", 1, OnnxModels.Doubles()),
            _peers.Store("off", 1, OnnxModels.Doubles()),
            _peers.Store("mean", 1, OnnxModels.LessTheMean()),
            _peers.Store("gather", 1, OnnxModels.Gather()),
            _peers.Store("impatient", 1, OnnxModels.Rounds()),
            _peers.Store("labels", 1, OnnxModels.FarAboveTheMean()),
            _peers.Store("texts", 1, OnnxModels.FirstText()),
            _peers.Store("patient", 1, OnnxModels.RoundsPerRow()),
            _peers.Store("insists", 1, OnnxModels.LessTheMean()));
        foreach (var model in (string[])["sum", "open", "off", "mean", "gather", "impatient", "labels", "texts", "patient"])
        {
            await _app.ReadyAsync(model, 1);
        }
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task Each_of_many_requests_gets_the_rows_that_are_its_own_and_fewer_runs_are_made_than_requests()
    {
        const int Requested = 1_000; // fewer than may wait, whatever the processors do first
        var answers = await Task.WhenAll(Enumerable.Range(0, Requested).Select(async i =>
        {
            float[] a = [.. Enumerable.Range(0, 2 * (1 + (i % 3))).Select(at => (float)(i + at))];
            float[] b = [.. a.Select(value => value * 2)];
            var answer = await _app.InferAsync(Requests.Of("sum", Requests.Tensor("a", "FP32", a.Length / 2, 2), Requests.Tensor("b", "FP32", a.Length / 2, 2)).Raw(Requests.Bytes(a), Requests.Bytes(b)));
            return (Sum: Requests.FloatsOf(answer, 0).SequenceEqual(a.Select(value => value * 3)), Difference: Requests.FloatsOf(answer, 1).SequenceEqual(a.Select(value => -value)));
        }));

        Assert.All(answers, answer => Assert.Equal((true, true), answer));
        var counted = Statistics("sum");
        Assert.Equal(Requested, counted.Success.Count);
        Assert.InRange(counted.Executions, 1, Requested - 1);
    }

    [Fact]
    public async Task Requests_of_different_shapes_are_answered_in_their_own()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            var columns = 1 + (i % 4);
            float[] x = [.. Enumerable.Range(0, columns).Select(at => (float)(i + at))];
            var answer = await _app.InferAsync(Requests.Of("open", Requests.Tensor("x", "FP32", 1, columns)).Raw(Requests.Bytes(x)));
            return answer.Outputs[0].Shape.SequenceEqual([1, columns]) && Requests.FloatsOf(answer, 0).SequenceEqual(x.Select(value => value * 2));
        }));

        Assert.All(answers, Assert.True);
    }

    [Fact]
    public async Task A_model_that_looks_at_all_rows_at_once_is_never_batched()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
            Requests.FloatsOf(await _app.InferAsync(Requests.Of("mean", Requests.Tensor("x", "FP32", 1, 2)).Raw(Requests.Bytes(i, i * 2))), 0)));

        Assert.All(answers, answer => Assert.Equal([0f, 0f], answer)); // one row less its own mean
        Assert.Equal(0, Model("mean").MaxBatchSize);
        Assert.Equal(0, Model("labels").MaxBatchSize);
        Assert.Equal(0, Model("texts").MaxBatchSize);
        Assert.Equal(64, Model("sum").MaxBatchSize);
    }

    [Fact]
    public async Task A_version_that_insists_on_batches_which_its_model_cannot_make_is_not_loaded()
    {
        await Testing.Poll.UntilAsync("the version has failed", () => _peers.Reported("insists", 1)?.Reason is { Length: > 0 }, ct: CancellationToken.None);

        Assert.Contains("serving.batching.enabled", _peers.Reported("insists", 1)!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_batching_off_every_request_is_a_run()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => _app.InferAsync(Requests.Of("off", Requests.Tensor("x", "FP32", 1, 1)).Raw(Requests.Bytes(i)))));

        Assert.Equal((100, 100), (Statistics("off").Success.Count, Statistics("off").Executions));
    }

    [Fact]
    public async Task One_bad_row_spoils_only_the_request_it_came_with()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var index = i % 10 == 0 ? 1_000L : i % 2;
            using var call = _app.Grpc.ModelInferAsync(
                Requests.Of("gather", Requests.Tensor("index", "INT64", 1)).Raw(BitConverter.GetBytes(index)), InferenceApp.Headers, cancellationToken: CancellationToken.None);
            await ((Task)call.ResponseAsync).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (IsBad: index == 1_000, call.GetStatus().StatusCode);
        }));

        Assert.All(answers, answer => Assert.Equal(answer.IsBad ? StatusCode.InvalidArgument : StatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_request_that_waits_longer_than_it_may_is_refused()
    {
        using var caller = new CancellationTokenSource();
        var endless = _app.InferAsync(Rounds(long.MaxValue), caller.Token);

        var refused = Status.DefaultSuccess;
        await Testing.Poll.UntilAsync(
            "a request waits in vain",
            async _ =>
            {
                using var call = _app.Grpc.ModelInferAsync(Rounds(1), InferenceApp.Headers, cancellationToken: CancellationToken.None);
                await ((Task)call.ResponseAsync).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                refused = call.GetStatus();
                return refused.StatusCode != StatusCode.OK;
            },
            ct: CancellationToken.None);

        Assert.Equal((StatusCode.Unavailable, "Request timeout expired"), (refused.StatusCode, refused.Detail));
        await caller.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => endless);
    }

    [Fact]
    public async Task Where_late_requests_may_wait_on_they_run_when_nothing_else_does()
    {
        var answers = Enumerable.Range(0, 4).Select(i => _app.InferAsync(
            Requests.Of("patient", Requests.Tensor("x", "FP32", 1, 1), Requests.Tensor("rounds", "INT64", 1, 1)).Raw(Requests.Bytes(i), BitConverter.GetBytes(20_000L)))).ToList();

        Assert.Equal([0f, 1, 2, 3], (await Task.WhenAll(answers)).Select(answer => Requests.FloatsOf(answer, 0)[0]));
    }

    private static ModelInferRequest Rounds(long rounds) => Requests.Of("impatient", Requests.Tensor("rounds", "INT64", 1)).Raw(BitConverter.GetBytes(rounds));

    private StatisticsSnapshot Statistics(string model) => Model(model).Statistics.Snapshot();

    private LoadedModel Model(string model) => _app.Services.GetRequiredService<ModelCatalog>().Versions(model)!.Primary!;
}
