using Dapper;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Events.V1;
using ModelOps.Contracts.Retraining.V1;
using ModelOps.Retrainer.Tests.Support;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.Retrainer.Tests.Drift;

[Collection(RetrainerFixture.Name)]
public sealed class DriftTests(RetrainerFixture fixture)
{
    [Fact]
    public async Task Drift_starts_one_run_that_waits_for_the_labels_and_learns_from_the_window()
    {
        var window = FraudRows.Take(4_000).Skip(3_000).ToList();
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000), [.. window, .. FraudRows.Take(4_200).Skip(4_000)]);
        neighbours.Labelled = 999;
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync(yaml => yaml.Replace("algorithm: gradient_boosted_trees", "algorithm: logistic_regression", StringComparison.Ordinal));
        var drift = new DriftDetected(
            "default", "production", "fraud", 1, "window-7", window.Count, window[0].EventTime, window[^1].EventTime, ["amount", "hour_of_day"], window[^1].EventTime);

        await PublishAsync(host, drift, Guid.CreateVersion7(), times: 3);
        await PublishAsync(host, drift, Guid.CreateVersion7(), times: 1);
        await PublishAsync(host, drift with { Model = "unknown" }, Guid.CreateVersion7(), times: 1);
        await Poll.UntilAsync("all messages were handled", async _ => (await TriggersAsync(host)).Count == 3);
        var run = (await host.Client.ListRunsAsync(new() { Model = "fraud" }, RetrainerHost.Headers)).Runs.Single();
        var waiting = await host.UntilAsync(run.RunId, "the run waits for labels", now => now.Stages[0].Error.Length > 0);
        neighbours.Labelled = 1_200;
        var ended = await host.EndOfAsync(run.RunId);

        Assert.Equal("999 of the 1000 predictions of the drifted window have a label, 1000 are needed", waiting.Stages[0].Error);
        Assert.Equal(("drift", "version 1: 2 features drifted: amount, hour_of_day"), (ended.Trigger, ended.Reason));
        Assert.Equal((RunState.Succeeded, "4000"), (ended.State, ended.Stages[0].Outputs["rows"]));
        Assert.Equal(window[^1].EventTime, DateTimeOffset.Parse(ended.Stages[0].Outputs["last_event_time"]));
        Assert.Equal(["run", $"run {run.RunId} is under way", "the model has no pipeline"], await TriggersAsync(host));
    }

    [Fact]
    public async Task Every_run_is_announced_when_it_starts_and_when_it_ends()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000));
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var heard = new System.Collections.Concurrent.ConcurrentQueue<object>();
        var endpoint = host.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint($"test-{Guid.CreateVersion7():N}", queue =>
        {
            queue.Handler<RetrainingStarted>(Keep);
            queue.Handler<RetrainingCompleted>(Keep);
            queue.Handler<RetrainingFailed>(Keep);
        });
        await endpoint.Ready;

        Task Keep<TEvent>(ConsumeContext<TEvent> context)
            where TEvent : class
        {
            heard.Enqueue(context.Message);
            return Task.CompletedTask;
        }

        var good = await host.RunAsync();
        neighbours.LabelOf = _ => 0;
        var bad = await host.RunAsync();

        await Poll.UntilAsync("four events", () => heard.Count == 4);
        await endpoint.StopAsync();
        var started = heard.OfType<RetrainingStarted>().Select(message => (message.RunId, message.Trigger)).ToHashSet();
        Assert.Equal([(good.RunId, "manual"), (bad.RunId, "manual")], started);
        Assert.Equal((good.RunId, 1L), (heard.OfType<RetrainingCompleted>().Single().RunId, heard.OfType<RetrainingCompleted>().Single().Version));
        var failed = heard.OfType<RetrainingFailed>().Single();
        Assert.Equal((bad.RunId, "model_training", bad.Error), (failed.RunId, failed.Stage, failed.Reason));
        Assert.Contains("both classes are needed", failed.Reason, StringComparison.Ordinal);
    }

    private static async Task PublishAsync(RetrainerHost host, DriftDetected drift, Guid messageId, int times)
    {
        var bus = host.Services.GetRequiredService<IBus>();
        for (var i = 0; i < times; i++)
        {
            await bus.Publish(drift, context => context.MessageId = messageId, CancellationToken.None);
        }
    }

    private static async Task<List<string>> TriggersAsync(RetrainerHost host)
    {
        await using var connection = new NpgsqlConnection(host.Database);
        return [.. await connection.QueryAsync<string>(
            "select case when run_id is null then reason else 'run' end from retrainer.triggers order by trigger_id")];
    }
}
