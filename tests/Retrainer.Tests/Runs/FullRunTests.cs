using System.Globalization;
using ModelOps.Contracts.Retraining.V1;
using ModelOps.Retrainer.Tests.Support;
using ModelOps.Statistics.Profiles;

namespace ModelOps.Retrainer.Tests.Runs;

[Collection(RetrainerFixture.Name)]
public sealed class FullRunTests(RetrainerFixture fixture)
{
    [Fact]
    public async Task A_run_registers_a_good_version_and_the_same_rows_at_other_times_give_the_same_bytes()
    {
        var (run, first) = await RunAsync(TimeSpan.Zero);
        var (_, shifted) = await RunAsync(TimeSpan.FromDays(300) + TimeSpan.FromMicroseconds(123_457));

        var outputs = run.Stages.ToDictionary(stage => stage.Name, stage => stage.Outputs);
        Assert.Equal((RunState.Succeeded, 1L), (run.State, run.Version));
        Assert.Equal(["training_set", "model_training", "model_evaluation", "model_registration"], run.Stages.Select(stage => stage.Name));
        Assert.All(run.Stages, stage => Assert.Equal((RunState.Succeeded, 1), (stage.State, stage.Attempts)));
        Assert.Equal(("20000", "0"), (outputs["training_set"]["rows"], outputs["training_set"]["skipped"]));
        Assert.Equal("6000", outputs["model_evaluation"]["holdout_rows"]);
        Assert.InRange(double.Parse(outputs["model_evaluation"]["roc_auc"], CultureInfo.InvariantCulture), 0.85, 0.95);
        Assert.Contains("none", outputs["model_evaluation"]["champion"], StringComparison.Ordinal);

        var lineage = first.Version.Lineage;
        Assert.Equal((run.RunId, outputs["training_set"]["dataset_sha256"], "fraud", 3L), (lineage.RunId, lineage.DatasetSha256, lineage.FeatureService, lineage.FeatureServiceVersion));
        Assert.Equal(outputs["model_evaluation"]["roc_auc"], first.Version.Metrics["roc_auc"].ToString("R", CultureInfo.InvariantCulture));
        Assert.Equal(10, ReferenceProfile.Parse(first.Profile).Features.Count);

        Assert.Equal(lineage.DatasetSha256, shifted.Version.Lineage.DatasetSha256);
        Assert.Equal(first.Artifact, shifted.Artifact);
        Assert.Equal(first.Profile, shifted.Profile);
    }

    [Fact]
    public async Task A_second_run_of_the_same_rows_takes_the_version_that_is_there_and_says_so()
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(3_000));
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var first = await host.RunAsync();

        var second = await host.RunAsync();

        Assert.Equal((RunState.Succeeded, first.Version), (second.State, second.Version));
        Assert.Contains($"from run {first.RunId}", second.Stages[3].Outputs["note"], StringComparison.Ordinal);
        Assert.Single(neighbours.Versions);
    }

    [Fact]
    public async Task Predictions_with_labels_are_rows_and_one_of_a_transaction_in_the_history_is_no_second_row()
    {
        // The last 500 rows of the history were predicted as well; rows of another load are not asked for.
        var history = FraudRows.Take(3_000).Concat(FraudRows.Take(3_000, TimeSpan.FromMinutes(1)).Select(row => row with { Batch = "other" }));
        await using var neighbours = await Neighbours.StartAsync([.. history], [.. FraudRows.Take(4_000).Skip(2_500)]);
        neighbours.Labelled = 1_400;
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync(RetrainerHost.WithAllPredictions);

        var run = await host.RunAsync();

        Assert.Equal(("3900", "500"), (run.Stages[0].Outputs["rows"], run.Stages[0].Outputs["duplicates"]));
    }

    private async Task<(Run Run, Registered Version)> RunAsync(TimeSpan shift)
    {
        await using var neighbours = await Neighbours.StartAsync(FraudRows.Take(20_000, shift));
        await using var host = await fixture.StartAsync(neighbours);
        await host.SetPipelineAsync();
        var run = await host.RunAsync();
        Assert.Equal("", run.Error);
        return (run, neighbours.Versions.Single());
    }
}
