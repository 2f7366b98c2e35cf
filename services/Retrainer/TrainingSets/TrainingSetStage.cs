using System.Globalization;
using Microsoft.Extensions.Options;
using ModelOps.Contracts.Features.V1;
using ModelOps.Retrainer.Pipelines;
using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.TrainingSets;

/// <summary>
/// Puts the training set together: rows of the sources up to an event time that the run fixes, each with the features of the store
/// as they were known then.
/// </summary>
internal sealed class TrainingSetStage(
    HistorySource history, PredictionSource predictions, PointInTimeJoin join, IOptions<TrainingSetOptions> options) : IStage
{
    /// <summary>Name of the artifact.</summary>
    public const string Artifact = "training_set";

    public string Name => StageNames.TrainingSet;

    public async Task<StageResult> ExecuteAsync(StageContext context, CancellationToken ct)
    {
        if (await LabelsMissingAsync(context, ct) is { } wait)
        {
            return wait;
        }
        try
        {
            return await BuildAsync(context, ct);
        }
        catch (TrainingSetException e)
        {
            return new StageResult.Failed(e.Message);
        }
    }

    private async Task<StageResult.Wait?> LabelsMissingAsync(StageContext context, CancellationToken ct)
    {
        if (context.Run.Drift is not { } window || context.Pipeline.Predictions == PredictionScope.None)
        {
            return null;
        }
        var rules = context.Pipeline.On;
        var wanted = (long)Math.Ceiling(rules.LabelFraction * window.Rows);
        var labelled = wanted == 0 ? 0 : await predictions.CountLabelledAsync(context.Run, window, ct);
        return labelled >= wanted
            ? null
            : new($"{labelled} of the {window.Rows} predictions of the drifted window have a label, {wanted} are needed", rules.LabelsWithin);
    }

    private async Task<StageResult> BuildAsync(StageContext context, CancellationToken ct)
    {
        var (run, pipeline) = (context.Run, context.Pipeline);
        var service = await join.ServiceAsync(run.Model, pipeline.FeatureService, ct);
        var columns = Columns(pipeline, service);
        var needed = new SpineColumns(
            [.. service.Features.Select(feature => new JoinKey(feature.JoinKey, feature.JoinKeyType)).Distinct().OrderBy(key => key.Name, StringComparer.Ordinal)],
            pipeline.RequestFeatures);
        var until = run.Drift?.LastEventTime ?? run.CreateTime;

        var spine = new Spine(options.Value.MaxRows);
        foreach (var source in pipeline.Views)
        {
            await history.ReadAsync(run.Model, source, pipeline.Label, needed, until, spine, ct);
        }
        if (pipeline.Predictions == PredictionScope.All)
        {
            await predictions.ReadAsync(run, null, until, needed, spine, ct);
        }
        else if (pipeline.Predictions == PredictionScope.DriftedWindow && run.Drift is { } window)
        {
            await predictions.ReadAsync(run, window.FirstEventTime, window.LastEventTime, needed, spine, ct);
        }
        var drafts = await join.JoinAsync(run.Model, service, needed, spine.Rows, ct);
        return drafts.Count == 0
            ? new StageResult.Failed($"the sources have no labelled row up to {until:O}")
            : Done(TrainingSetFormat.Write(columns, drafts), drafts, spine.Skipped, service);
    }

    private static List<Column> Columns(PipelineDefinition pipeline, FeatureService service)
    {
        List<Column> columns =
        [
            .. pipeline.RequestFeatures.Select(feature => new Column(feature.Name, feature.Type)),
            .. service.Features.Select(feature => new Column(feature.Feature, feature.Type)),
        ];
        return columns.GroupBy(column => column.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new TrainingSetException($"feature {twice.Key} is there twice: among the request features and those of service {service.Name}")
            : columns;
    }

    private static StageResult.Done Done(TrainingSetText text, List<DraftRow> drafts, int skipped, FeatureService service)
    {
        var set = TrainingSetFormat.Read(text.Text);
        var outputs = new Dictionary<string, string>
        {
            ["rows"] = $"{text.Rows}",
            ["positives"] = $"{set.Rows.Count(row => row.Label == 1)}",
            ["duplicates"] = $"{text.Duplicates}",
            ["skipped"] = $"{skipped}",
            ["first_event_time"] = drafts.Min(row => row.EventTime).UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["last_event_time"] = drafts.Max(row => row.EventTime).UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["dataset_sha256"] = text.Sha256,
            ["feature_service"] = service.Name,
            ["feature_service_version"] = $"{service.Version}",
        };
        return new(outputs) { Artifacts = new Dictionary<string, byte[]> { [Artifact] = text.Text } };
    }
}
