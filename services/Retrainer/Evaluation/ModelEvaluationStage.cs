using System.Globalization;
using ModelOps.Retrainer.Runs;
using ModelOps.Retrainer.Trainers;
using ModelOps.Retrainer.TrainingSets;
using ModelOps.Statistics.Metrics;

namespace ModelOps.Retrainer.Evaluation;

/// <summary>Judges the candidate on the held-out rows, and beside it the champion on the same ones.</summary>
internal sealed class ModelEvaluationStage(ChampionSource champions) : IStage
{
    /// <summary>Names of the candidate's metrics among the outputs.</summary>
    public static IReadOnlyList<string> MetricNames { get; } = ["roc_auc", "log_loss", "brier", "accuracy", "precision", "recall", "f1"];

    /// <summary>Output with the champion's version; not there without one.</summary>
    public const string ChampionVersion = "champion_version";

    public string Name => StageNames.ModelEvaluation;

    public async Task<StageResult> ExecuteAsync(StageContext context, CancellationToken ct)
    {
        var set = TrainingSetFormat.Read(await context.ArtifactAsync(TrainingSetStage.Artifact, ct));
        var rows = set.Split(context.Pipeline.HoldoutTenths, heldOut: true);
        var labels = rows.Labels();
        var positives = labels.Sum();
        if (positives == 0 || positives == labels.Length)
        {
            return new StageResult.Failed($"of the {labels.Length} held-out rows {positives} are positive; both classes are needed");
        }
        var candidate = OnnxScorer.Score(await context.ArtifactAsync(ModelTrainingStage.ModelArtifact, ct), rows, ct);
        if (!candidate.Succeeded)
        {
            return new StageResult.Failed($"the candidate: {candidate.Refusal.Detail}");
        }
        var outputs = new Dictionary<string, string> { ["holdout_rows"] = $"{labels.Length}", ["holdout_positives"] = $"{positives}" };
        Add(outputs, Comparison.Metrics(labels, candidate.Value));
        return await champions.FindAsync(context.Run.Model, ct) is { } champion
            ? Compare(context, champion, rows, candidate.Value, outputs, ct)
            : new StageResult.Done(new Dictionary<string, string>(outputs) { ["champion"] = "none: no version is in production" });
    }

    private static StageResult Compare(
        StageContext context, Champion champion, TrainingSet rows, double[] candidate, Dictionary<string, string> outputs, CancellationToken ct)
    {
        var scores = OnnxScorer.Score(champion.Model, rows, ct);
        if (!scores.Succeeded)
        {
            return new StageResult.Failed($"version {champion.Version}, which is in production, cannot be compared: {scores.Refusal.Detail}");
        }
        var labels = rows.Labels();
        var pair = PairedRocAuc.Compare(labels, scores.Value, candidate);
        outputs[ChampionVersion] = $"{champion.Version}";
        Add(outputs, Comparison.Metrics(labels, scores.Value).ToDictionary(metric => $"champion_{metric.Key}", metric => metric.Value));
        Add(outputs, Comparison.Paired(pair));
        return context.Pipeline.NotWorseThanChampion && Comparison.Worse(pair, champion.Version) is { } reason
            ? new StageResult.Rejected(outputs, reason)
            : new StageResult.Done(outputs);
    }

    private static void Add(Dictionary<string, string> outputs, Dictionary<string, double> metrics)
    {
        foreach (var (name, value) in metrics)
        {
            outputs[name] = value.ToString("R", CultureInfo.InvariantCulture);
        }
    }
}
