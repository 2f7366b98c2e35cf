using System.Globalization;
using Grpc.Core;
using ModelOps.Contracts.Registry.V1;
using ModelOps.Retrainer.Evaluation;
using ModelOps.Retrainer.Runs;
using ModelOps.Retrainer.Trainers;

namespace ModelOps.Retrainer.Registration;

/// <summary>Registers the candidate with its metrics, where it comes from, and what its training rows looked like.</summary>
internal sealed class ModelRegistrationStage(RegistryUpload registry) : IStage
{
    public string Name => StageNames.ModelRegistration;

    public async Task<StageResult> ExecuteAsync(StageContext context, CancellationToken ct)
    {
        var model = await context.ArtifactAsync(ModelTrainingStage.ModelArtifact, ct);
        var header = Header(context);
        header.ReferenceProfile = Google.Protobuf.ByteString.CopyFrom(await context.ArtifactAsync(ModelTrainingStage.ProfileArtifact, ct));
        try
        {
            return Done(await registry.RegisterAsync(header, model, ct), "");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            // Ours from before a crash, or the same data gave the same model before.
            var holder = await registry.FindAsync(header.Workspace, header.Model, header.Sha256, ct)
                ?? throw new InvalidOperationException($"no version has the artifact {header.Sha256} that one is said to have");
            var isOurs = holder.Lineage?.RunId == header.Lineage.RunId;
            return Done(holder, isOurs ? "" : $"version {holder.Version} had the same artifact already{Maker(holder)}");
        }
    }

    private static string Maker(ModelVersion version) => version.Lineage is { RunId.Length: > 0 } lineage ? $", from run {lineage.RunId}" : "";

    private static StageResult.Done Done(ModelVersion version, string note)
    {
        var outputs = new Dictionary<string, string>
        {
            ["version"] = $"{version.Version}",
            ["stage"] = version.Stage.ToString().ToLowerInvariant(),
            ["model_sha256"] = version.Sha256,
        };
        if (note.Length > 0)
        {
            outputs["note"] = note;
        }
        if (version.Governance is { Passed: false } report)
        {
            outputs["failed_gates"] = string.Join("; ", report.Gates.Where(gate => !gate.Passed).Select(gate => $"{gate.Gate}: {gate.Detail}"));
        }
        return new(outputs) { Version = version.Version };
    }

    private static RegisterModelVersionHeader Header(StageContext context)
    {
        var run = context.Run;
        var rows = context.Output(StageNames.TrainingSet, "rows");
        var header = new RegisterModelVersionHeader
        {
            Workspace = run.Model.Workspace,
            Model = run.Model.Name,
            Sha256 = context.Output(StageNames.ModelTraining, "model_sha256"),
            Algorithm = run.Algorithm,
            Description = run.Reason,
            TrainingData = $"{rows} rows up to {context.Output(StageNames.TrainingSet, "last_event_time")}",
            Lineage = new()
            {
                RunId = $"{run.Id}",
                DatasetSha256 = context.Output(StageNames.TrainingSet, "dataset_sha256"),
                ParentVersion = Whole(context.Find(StageNames.ModelEvaluation, ModelEvaluationStage.ChampionVersion)),
                FeatureService = context.Output(StageNames.TrainingSet, "feature_service"),
                FeatureServiceVersion = Whole(context.Output(StageNames.TrainingSet, "feature_service_version")),
            },
        };
        foreach (var metric in ModelEvaluationStage.MetricNames)
        {
            header.Metrics[metric] = double.Parse(context.Output(StageNames.ModelEvaluation, metric), CultureInfo.InvariantCulture);
        }
        return header;
    }

    private static long Whole(string? text) => text is null ? 0 : long.Parse(text, CultureInfo.InvariantCulture);
}
