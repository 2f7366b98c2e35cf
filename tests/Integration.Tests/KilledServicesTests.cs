using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using ModelOps.Samples.Fraud;
using ModelOps.Testing;

namespace ModelOps.Integration.Tests;

/// <summary>Live traffic while a part is killed: what was answered is stored with its outcome, and what was known stays known.</summary>
[Collection(RunningLoop.Collection)]
public sealed class KilledServicesTests(RunningLoop loop)
{
    private const int AnswersBefore = 150;
    private const int AnswersAfter = 150;
    private const int Callers = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("inference")]
    [InlineData("monitor")]
    [InlineData("retrainer")]
    [InlineData("bus")]
    [InlineData("redis")]
    public async Task A_part_killed_under_traffic_loses_no_prediction_and_no_state(string part)
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var labels = new LateLabels(loop.Gateway, TimeProvider.System);
        var traffic = loop.JobOf(labels).Traffic;
        var run = await loop.Gateway.StartRunAsync(FraudModel.Name, "logistic_regression", $"under way while {part} is killed", limit.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var sending = traffic.RecycleAsync($"killed-{part}", loop.Sample.Same, stop.Token, limit.Token);

        await Poll.UntilAsync("traffic flows", () => traffic.Answers.Count >= AnswersBefore, Limit, limit.Token);
        await loop.KillAndAwaitRestartAsync(part, limit.Token);
        var answered = traffic.Answers.Count;
        await Poll.UntilAsync("traffic flows again", () => traffic.Answers.Count >= answered + AnswersAfter, Limit, limit.Token);
        await stop.CancelAsync();
        await sending;
        await labels.FlushAsync(limit.Token);

        var stored = await loop.Gateway.ListPredictionsAsync(FraudModel.Name, limit.Token);
        Assert.All(traffic.Answers.Keys, id => Assert.NotNull(stored.GetValueOrDefault(id)));
        await AssertStateIsKeptAsync(run, limit.Token);
    }

    [Fact]
    public async Task A_broker_that_is_away_for_a_minute_under_traffic_loses_no_prediction_and_fails_none()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        await loop.Gateway.PushHistoryAsync("user_history", loop.Sample.Same[0], TimeProvider.System.GetUtcNow(), limit.Token);
        var callers = Enumerable.Range(0, Callers).Select(caller => AskAsync($"away-{caller}", stop.Token)).ToList();

        await loop.CommandAsync("bus", KnownResourceCommands.StopCommand, limit.Token);
        var away = Stopwatch.StartNew();
        await Poll.UntilAsync("a minute has passed", () => away.Elapsed > TimeSpan.FromMinutes(1), Limit, limit.Token);
        await loop.CommandAsync("bus", KnownResourceCommands.StartCommand, limit.Token);
        await stop.CancelAsync();
        var answered = (await Task.WhenAll(callers)).SelectMany(ids => ids).ToList();

        Assert.True(answered.Count > 500, $"only {answered.Count} predictions were answered");
        await Poll.UntilAsync("every prediction is stored", async token =>
        {
            var stored = await loop.Gateway.ListPredictionsAsync(FraudModel.Name, token);
            return answered.TrueForAll(stored.ContainsKey);
        }, Limit, limit.Token);
    }

    /// <summary>One caller, one prediction after the other, none of which may fail.</summary>
    /// <returns>Identities of what was answered.</returns>
    private async Task<List<string>> AskAsync(string prefix, CancellationToken stop)
    {
        var answered = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            var id = $"{prefix}-{answered.Count}";
            await loop.Gateway.PredictAsync(FraudModel.Name, id, loop.Sample.Same[0], TimeProvider.System.GetUtcNow(), CancellationToken.None);
            answered.Add(id);
        }
        return answered;
    }

    private async Task AssertStateIsKeptAsync(string run, CancellationToken ct)
    {
        await Poll.UntilAsync("the pipeline run ends", async token =>
        {
            var now = await loop.Gateway.GetRunAsync(run, token);
            return now.GetProperty("state").GetString() is "succeeded" or "rejected";
        }, Limit, ct);
        var deployment = await loop.Gateway.GetDeploymentAsync(FraudModel.Name, ct);
        Assert.Equal(loop.Version, deployment.GetProperty("version").GetInt64());
    }
}
