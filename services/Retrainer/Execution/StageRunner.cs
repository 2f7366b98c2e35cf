using ModelOps.Retrainer.Pipelines;
using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.Execution;

/// <summary>Runs one stage while its run is held, and says in its own terms how that went.</summary>
internal sealed partial class StageRunner(
    IEnumerable<IStage> stages, RunArtifacts artifacts, LeaseKeeper lease, RetrainerMetrics metrics, ILogger<StageRunner> logger)
{
    private readonly Dictionary<string, IStage> _stages = stages.ToDictionary(stage => stage.Name, StringComparer.Ordinal);

    /// <summary>Runs a stage.</summary>
    /// <returns>What became of it; null when the run was lost meanwhile.</returns>
    public async Task<StageResult?> RunAsync(Claim claim, Run run, PipelineDefinition pipeline, Stage stage, CancellationToken stopping)
    {
        var started = metrics.Now;
        await using var held = lease.Hold(claim, stopping);
        var result = await AttemptAsync(new(run, pipeline, artifacts), stage, held.Token);
        stopping.ThrowIfCancellationRequested();
        if (held.Token.IsCancellationRequested)
        {
            return null;
        }
        metrics.StageEnded(stage.Name, result, started);
        return result;
    }

    private async Task<StageResult> AttemptAsync(StageContext context, Stage stage, CancellationToken ct)
    {
        try
        {
            // Stages compute as well as wait; they start on a thread of their own.
            return await Task.Run(() => _stages[stage.Name].ExecuteAsync(context, ct), ct);
        }
        catch (Exception e) when (ct.IsCancellationRequested)
        {
            return new Broken(Faults.Line(e));
        }
        catch (Exception e) when (Faults.IsAway(e))
        {
            return new StageResult.Wait(Faults.Line(e), lease.DependencyWait);
        }
        catch (Exception e) when (Faults.IsRefusal(e))
        {
            return new StageResult.Failed(Faults.Line(e));
        }
        catch (Exception e)
        {
            LogBroken(e, stage.Name, context.Run.Id);
            return new Broken(Faults.Line(e));
        }
    }

    /// <summary>It broke down.</summary>
    /// <param name="Reason">How, one line.</param>
    public sealed record Broken(string Reason) : StageResult;

    [LoggerMessage(EventId = 3201, EventName = "StageBroke", Level = LogLevel.Warning, Message = "Stage {Stage} of run {RunId} broke down")]
    private partial void LogBroken(Exception exception, string stage, Guid runId);
}
