using Microsoft.Extensions.DependencyInjection;
using ModelOps.Retrainer.Runs;
using ModelOps.Retrainer.Tests.Support;
using ModelOps.Testing;
using RunState = ModelOps.Contracts.Retraining.V1.RunState;

namespace ModelOps.Retrainer.Tests.Runs;

[Collection(RetrainerFixture.Name)]
public sealed class ResumeTests(RetrainerFixture fixture)
{
    [Fact]
    public async Task Another_process_goes_on_with_the_first_stage_that_is_not_done()
    {
        var gate = new TaskCompletionSource();
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000));
        neighbours.RegistrationGate = gate.Task;
        string runId, database;
        await using (var first = await fixture.StartAsync(neighbours))
        {
            database = first.Database;
            await first.SetPipelineAsync();
            runId = (await first.StartRunAsync()).GetProperty("run_id").GetString()!;
            await Poll.UntilAsync("the registration is under way", () => neighbours.Registrations == 1);
        }
        gate.SetResult();

        await using var second = await RetrainerHost.StartAsync(database, fixture.Broker.ConnectionString, neighbours.Address);
        var run = await second.EndOfAsync(runId);

        Assert.Equal((RunState.Succeeded, 1L, 1), (run.State, run.Version, neighbours.HistoryReads));
        Assert.Equal([1, 1, 1, 2], run.Stages.Select(stage => stage.Attempts));
    }

    [Fact]
    public async Task A_run_whose_process_died_is_taken_over_and_what_the_dead_one_still_says_is_not_taken()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000));
        await neighbours.GoAsync();
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var runId = (await host.StartRunAsync()).GetProperty("run_id").GetString()!;
        await host.UntilAsync(runId, "the run waits", run => run.Stages[0].Error.Length > 0);
        var ledger = host.Services.GetRequiredService<RunLedger>();
        Claim? dead = null;
        await Poll.UntilAsync("a process that will die claims the run", async ct => (dead = await ledger.ClaimAsync(TimeSpan.Zero, ct)) is not null);

        await neighbours.ComeAsync();
        await host.UntilAsync(runId, "another one takes it over", run => run.Stages[0].State == RunState.Succeeded);
        var late = await ledger.CompleteAsync(
            dead!, dead!.Run.Stages[0], new StageResult.Done(new Dictionary<string, string> { ["rows"] = "1" }), DateTimeOffset.UnixEpoch, CancellationToken.None);
        var ended = await host.EndOfAsync(runId);

        Assert.False(late);
        Assert.Equal((RunState.Succeeded, "3000"), (ended.State, ended.Stages[0].Outputs["rows"]));
    }

    [Fact]
    public async Task A_service_that_is_away_is_waited_for()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000));
        await neighbours.GoAsync();
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();

        var runId = (await host.StartRunAsync()).GetProperty("run_id").GetString()!;
        var waiting = await host.UntilAsync(runId, "the run waits", run => run.Stages[0].Attempts > 3 && run.Stages[0].State == RunState.Pending);
        await neighbours.ComeAsync();
        var run = await host.EndOfAsync(runId);

        Assert.Contains("Unavailable", waiting.Stages[0].Error, StringComparison.Ordinal);
        Assert.Equal((RunState.Succeeded, ""), (run.State, run.Stages[0].Error));
    }
}
