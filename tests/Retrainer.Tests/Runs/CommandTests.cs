using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using ModelOps.Contracts.Retraining.V1;
using ModelOps.Retrainer.Tests.Support;

namespace ModelOps.Retrainer.Tests.Runs;

[Collection(RetrainerFixture.Name)]
public sealed class CommandTests(RetrainerFixture fixture)
{
    [Fact]
    public async Task One_run_of_a_model_is_under_way_at_a_time_and_a_repeated_request_gives_the_run_it_started()
    {
        await using var neighbours = await Neighbours.StartAsync([]);
        await neighbours.GoAsync();
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var run = await host.StartRunAsync(requestId: "request-1");

        var repeated = await host.StartRunAsync(requestId: "request-1");
        using var second = await host.Http.PostAsJsonAsync("/api/v1/pipelines/fraud/runs", new { request_id = "request-2" });

        Assert.Equal($"{run.GetProperty("run_id")}", $"{repeated.GetProperty("run_id")}");
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains($"{run.GetProperty("run_id")}", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single((await host.Client.ListRunsAsync(new() { Model = "fraud" }, RetrainerHost.Headers)).Runs);
    }

    [Fact]
    public async Task A_cancelled_run_ends_and_makes_room_for_another_one()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000));
        var gate = new TaskCompletionSource();
        neighbours.HistoryGate = gate.Task;
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var runId = $"{(await host.StartRunAsync()).GetProperty("run_id")}";
        await host.UntilAsync(runId, "the first stage is under way", run => run.Stages[0].State == RunState.Running);

        using var cancelled = await host.Http.PostAsync($"/api/v1/pipelines/runs/{runId}/cancel", null);
        gate.SetResult();
        var run = await host.EndOfAsync(runId);
        using var again = await host.Http.PostAsync($"/api/v1/pipelines/runs/{runId}/cancel", null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (cancelled.StatusCode, again.StatusCode));
        Assert.Equal((RunState.Cancelled, "cancelled by a caller"), (run.State, run.Error));
        // The stage under way was ended, the next one not begun.
        Assert.Equal([RunState.Succeeded, RunState.Pending, RunState.Pending, RunState.Pending], run.Stages.Select(stage => stage.State));
        Assert.Equal(RunState.Succeeded, (await host.RunAsync()).State);
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_page_by_page()
    {
        await using var neighbours = await Neighbours.StartAsync([]);
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var first = await host.RunAsync();
        var second = await host.RunAsync();

        var page = await host.Http.GetFromJsonAsync<JsonElement>("/api/v1/pipelines/fraud/runs?page_size=1");
        var next = await host.Http.GetFromJsonAsync<JsonElement>($"/api/v1/pipelines/fraud/runs?page_token={page.GetProperty("next_page_token")}");
        var bad = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.ListRunsAsync(new() { Model = "fraud", PageToken = "x" }, RetrainerHost.Headers));

        Assert.Equal(second.RunId, $"{page.GetProperty("runs")[0].GetProperty("run_id")}");
        Assert.Equal(first.RunId, $"{next.GetProperty("runs")[0].GetProperty("run_id")}");
        Assert.Equal(("failed", 0L, ""), ($"{next.GetProperty("runs")[0].GetProperty("state")}", next.GetProperty("runs")[0].GetProperty("version").GetInt64(), $"{next.GetProperty("next_page_token")}"));
        Assert.Contains("no labelled row", first.Error, StringComparison.Ordinal);
        Assert.Equal(StatusCode.InvalidArgument, bad.StatusCode);
    }

    [Theory]
    [InlineData("""{"algorithm":"random_forest"}""", "algorithm")]
    [InlineData("""{"reason":"a\nb"}""", "reason")]
    [InlineData("""{"alogrithm":"x"}""", "alogrithm")]
    public async Task A_bad_request_names_the_field(string body, string field)
    {
        await using var neighbours = await Neighbours.StartAsync([]);
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();

        using var content = new StringContent(body);
        using var answer = await host.Http.PostAsync("/api/v1/pipelines/fraud/runs", content);

        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, $"{(await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field")}"));
    }

    [Fact]
    public async Task A_pipeline_has_a_revision_that_grows_with_every_change()
    {
        await using var neighbours = await Neighbours.StartAsync([]);
        await using var host = await fixture.StartAsync(neighbours);
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.StartRunAsync(new() { Model = "fraud" }, RetrainerHost.Headers));
        await host.SetPipelineAsync();
        await host.SetPipelineAsync();
        var before = await host.Http.GetFromJsonAsync<JsonElement>("/api/v1/pipelines/fraud");

        await host.SetPipelineAsync(yaml => $"{yaml}# changed\n");
        var after = await host.Http.GetFromJsonAsync<JsonElement>("/api/v1/pipelines/fraud");

        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
        Assert.Equal((1, 2), (before.GetProperty("revision").GetInt64(), after.GetProperty("revision").GetInt64()));
        Assert.EndsWith("# changed\n", after.GetProperty("definition").GetString(), StringComparison.Ordinal);
    }
}
