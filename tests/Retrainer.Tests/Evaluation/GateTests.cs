using ModelOps.Contracts.Retraining.V1;
using ModelOps.Retrainer.Tests.Support;

namespace ModelOps.Retrainer.Tests.Evaluation;

[Collection(RetrainerFixture.Name)]
public sealed class GateTests(RetrainerFixture fixture)
{
    [Fact]
    public async Task Trees_are_compared_with_the_logistic_champion_on_the_same_rows()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(20_000));
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        await host.RunAsync();
        neighbours.Versions[0].Version.Stage = Contracts.Registry.V1.Stage.Production;

        var run = await host.RunAsync(algorithm: "");

        var outputs = run.Stages[2].Outputs;
        Assert.Equal((RunState.Succeeded, 2L, "gradient_boosted_trees"), (run.State, run.Version, run.Algorithm));
        Assert.Equal(("1", "6000"), (outputs["champion_version"], outputs["holdout_rows"]));
        Assert.InRange(double.Parse(outputs["roc_auc"]), double.Parse(outputs["champion_roc_auc"]) - 0.01, 0.95);
        Assert.InRange(double.Parse(outputs["roc_auc_difference_high"]), double.Parse(outputs["roc_auc_difference"]), 0.2);
    }

    [Fact]
    public async Task A_candidate_that_is_worse_than_the_champion_is_rejected_and_one_that_is_not_is_registered_as_its_child()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(20_000));
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        Assert.Equal(1, (await host.RunAsync()).Version);
        neighbours.Versions[0].Version.Stage = Contracts.Registry.V1.Stage.Production;

        // What the candidate learns from has the opposite outcome; what it is judged on has the true one.
        neighbours.LabelOf = row => (long)row.Number("label") ^ (row.Index % 10 < 7 ? 1 : 0);
        var worse = await host.RunAsync();
        neighbours.LabelOf = row => (long)row.Number("label");
        await host.SetPipelineAsync(yaml => yaml.Replace("c: 1", "c: 0.9", StringComparison.Ordinal));
        var equal = await host.RunAsync();

        Assert.Equal((RunState.Rejected, 0L), (worse.State, worse.Version));
        Assert.StartsWith("worse than version 1: ROC AUC", worse.Error, StringComparison.Ordinal);
        Assert.Equal([RunState.Succeeded, RunState.Succeeded, RunState.Rejected, RunState.Pending], worse.Stages.Select(stage => stage.State));
        Assert.StartsWith("0.8", worse.Stages[2].Outputs["champion_roc_auc"], StringComparison.Ordinal);
        Assert.StartsWith("-0.", worse.Stages[2].Outputs["roc_auc_difference_high"], StringComparison.Ordinal);
        Assert.Equal((RunState.Succeeded, 2L), (equal.State, equal.Version));
        Assert.Equal(1, neighbours.Versions[1].Version.Lineage.ParentVersion);
    }
}
