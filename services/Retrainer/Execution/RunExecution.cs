using Microsoft.Extensions.Options;
using ModelOps.Retrainer.Pipelines;
using ModelOps.Retrainer.Runs;

namespace ModelOps.Retrainer.Execution;

/// <summary>Takes a claimed run through its stages, from the first one that is not done.</summary>
internal sealed partial class RunExecution(
    RunLedger ledger, StageRunner stages, IOptions<ExecutionOptions> options, TimeProvider clock, ILogger<RunExecution> logger)
{
    private static readonly TimeSpan GiveBackLimit = TimeSpan.FromSeconds(3);

    /// <summary>Works on a run until it is over, pauses, or was lost.</summary>
    /// <param name="claim">The run.</param>
    /// <param name="stopping">This process stops: the run is given back.</param>
    public async Task ExecuteAsync(Claim claim, CancellationToken stopping)
    {
        var read = PipelineReader.Read(claim.Run.Definition, claim.Run.Model.Name);
        var run = claim.Run;
        while (run.Next is { } stage)
        {
            if (!read.Succeeded)
            {
                await EndAsync(claim, stage, RunEnd.Failed($"the run's pipeline can no longer be read: {read.Refusal.Detail}"), stopping);
                return;
            }
            if (!await BeginAsync(claim, stage, stopping))
            {
                return;
            }
            var result = await RunStageAsync(claim, run, read.Value, stage, stopping);
            if (result is not StageResult.Done done || !await ledger.CompleteAsync(claim, stage, done, clock.GetUtcNow(), stopping))
            {
                return;
            }
            LogStageDone(stage.Name, run.Id, run.Model.Name);
            run = With(run, stage with { State = RunState.Succeeded, Outputs = done.Outputs });
        }
    }

    private static Run With(Run run, Stage done) =>
        run with { Stages = [.. run.Stages.Select(stage => stage.Position == done.Position ? done : stage)] };

    /// <returns>False when the run is over or was lost.</returns>
    private async Task<bool> BeginAsync(Claim claim, Stage stage, CancellationToken ct)
    {
        if (stage.Broken >= options.Value.MaxBreakdowns)
        {
            // Its process died each time, or there would be an error to say.
            await EndAsync(claim, stage, RunEnd.Failed($"was begun {stage.Attempts} times and never ended{(stage.Error.Length > 0 ? $": {stage.Error}" : "")}"), ct);
            return false;
        }
        if (await ledger.BeginAsync(claim, stage, clock.GetUtcNow(), ct))
        {
            return true;
        }
        if (await ledger.IsCancelledAsync(claim, ct) == true)
        {
            await EndAsync(claim, stage, RunEnd.Cancelled(), ct);
        }
        return false;
    }

    /// <returns>What came out of the stage; null when the run does not go on here and now.</returns>
    private async Task<StageResult.Done?> RunStageAsync(Claim claim, Run run, PipelineDefinition pipeline, Stage stage, CancellationToken stopping)
    {
        try
        {
            var result = await stages.RunAsync(claim, run, pipeline, stage, stopping);
            await FollowAsync(claim, stage, result, stopping);
            return result as StageResult.Done;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(GiveBackLimit, clock);
            await ledger.GiveBackAsync(claim, stage, NextStep.Stopping, clock.GetUtcNow(), limit.Token);
            throw;
        }
    }

    private async Task FollowAsync(Claim claim, Stage stage, StageResult? result, CancellationToken ct)
    {
        switch (result)
        {
            case StageResult.Failed failed:
                await EndAsync(claim, stage, RunEnd.Failed(failed.Reason), ct);
                break;
            case StageResult.Rejected rejected:
                await EndAsync(claim, stage, new(RunState.Rejected, rejected.Reason, rejected.Outputs), ct);
                break;
            case StageResult.Wait wait:
                await PauseAsync(claim, stage, NextStep.WhileWaiting(stage, wait, options.Value, clock.GetUtcNow()), wait.Reason, ct);
                break;
            case StageRunner.Broken broken:
                await PauseAsync(claim, stage, NextStep.AfterBreakdown(stage, broken.Reason, options.Value), broken.Reason, ct);
                break;
            case null:
                LogLost(claim.Run.Id, stage.Name);
                break;
        }
    }

    private async Task PauseAsync(Claim claim, Stage stage, Pause? pause, string reason, CancellationToken ct)
    {
        if (pause is null)
        {
            await EndAsync(claim, stage, RunEnd.Failed(reason), ct);
            return;
        }
        LogPause(stage.Name, claim.Run.Id, pause.Delay, reason);
        await ledger.GiveBackAsync(claim, stage, pause, clock.GetUtcNow(), ct);
    }

    private async Task EndAsync(Claim claim, Stage stage, RunEnd end, CancellationToken ct)
    {
        if (await ledger.EndAsync(claim, stage, end, clock.GetUtcNow(), ct))
        {
            LogEnd(claim.Run.Id, claim.Run.Model.Name, end.State, stage.Name, end.Reason);
        }
    }

    [LoggerMessage(EventId = 3101, EventName = "StageDone", Level = LogLevel.Information, Message = "Stage {Stage} of run {RunId} of {Model} is done")]
    private partial void LogStageDone(string stage, Guid runId, string model);

    [LoggerMessage(EventId = 3102, EventName = "StagePauses", Level = LogLevel.Information, Message = "Stage {Stage} of run {RunId} is begun again in {Delay}: {Reason}")]
    private partial void LogPause(string stage, Guid runId, TimeSpan delay, string reason);

    [LoggerMessage(EventId = 3103, EventName = "RunEnded", Level = LogLevel.Warning, Message = "Run {RunId} of {Model} ended {State} in stage {Stage}: {Reason}")]
    private partial void LogEnd(Guid runId, string model, RunState state, string stage, string reason);

    [LoggerMessage(EventId = 3104, EventName = "RunLost", Level = LogLevel.Warning, Message = "Run {RunId} was taken over by another process in stage {Stage}")]
    private partial void LogLost(Guid runId, string stage);
}
