using ModelOps.Retrainer.Runs;
using ModelOps.Retrainer.TrainingSets;

namespace ModelOps.Retrainer.Trainers;

/// <summary>Trains the candidate on the rows that are not held out, and describes them.</summary>
internal sealed class ModelTrainingStage(IEnumerable<ITrainer> trainers, TimeProvider clock) : IStage
{
    /// <summary>Name of the artifact with the model.</summary>
    public const string ModelArtifact = "model";

    /// <summary>Name of the artifact with the reference profile.</summary>
    public const string ProfileArtifact = "reference_profile";

    public string Name => StageNames.ModelTraining;

    public async Task<StageResult> ExecuteAsync(StageContext context, CancellationToken ct)
    {
        var set = TrainingSetFormat.Read(await context.ArtifactAsync(TrainingSetStage.Artifact, ct));
        var rows = set.Split(context.Pipeline.HoldoutTenths, heldOut: false);
        var positives = rows.Rows.Count(row => row.Label == 1);
        if (positives == 0 || positives == rows.Rows.Count)
        {
            return new StageResult.Failed($"of the {rows.Rows.Count} rows to train on {positives} are positive; both classes are needed");
        }

        var started = clock.GetTimestamp();
        byte[] model;
        try
        {
            model = trainers.Single(trainer => trainer.Algorithm == context.Run.Algorithm).Train(rows.ToTable(), context.Pipeline, ct);
        }
        catch (ArgumentException e)
        {
            return new StageResult.Failed(e.Message);
        }
        var profile = rows.ToProfile().ToJson();
        return new StageResult.Done(new Dictionary<string, string>
        {
            ["algorithm"] = context.Run.Algorithm,
            ["train_rows"] = $"{rows.Rows.Count}",
            ["train_positives"] = $"{positives}",
            ["model_sha256"] = RunArtifacts.Sha256(model),
            ["model_bytes"] = $"{model.Length}",
            ["reference_profile_sha256"] = RunArtifacts.Sha256(profile),
            ["seconds"] = $"{clock.GetElapsedTime(started).TotalSeconds:0.###}",
        })
        {
            Artifacts = new Dictionary<string, byte[]> { [ModelArtifact] = model, [ProfileArtifact] = profile },
        };
    }
}
