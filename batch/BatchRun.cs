using ModelOps.Batch.Models;
using ModelOps.Batch.Records;
using ModelOps.Batch.Runs;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch;

/// <summary>
/// A batch job: predicts every row of a file. What it has done is on disk chunk by chunk; one that was stopped, however, goes on where it stopped
/// when the same specification is run again, and no row is there twice or missing.
/// </summary>
/// <param name="spec">What is to be done.</param>
/// <param name="predictor">Who predicts.</param>
/// <param name="clock">The time that rows are stamped with.</param>
/// <param name="retry">How runs that fail are tried again.</param>
public sealed class BatchRun(BatchSpec spec, IBatchPredictor predictor, TimeProvider clock, RetryPolicy retry)
{
    /// <summary>How far it is.</summary>
    public BatchProgress Progress { get; } = new();

    /// <summary>Whether the folder of a job that is done stays until it is discarded: for callers who note the end of the job elsewhere first.</summary>
    public bool KeepFinished { get; init; }

    /// <summary>Runs the job to its end.</summary>
    /// <param name="ct">Stops it; what is done stays on disk.</param>
    /// <returns>Why it is not done: bad input, a model that does not answer, a file that cannot be read or written.</returns>
    public async Task<Outcome<BatchSummary>> RunAsync(CancellationToken ct)
    {
        if (spec.Check() is { } bad)
        {
            return bad;
        }
        try
        {
            return CheckPlaces() is { } misplaced ? misplaced : await RunInFolderAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal(RefusalKind.FailedPrecondition, $"a file cannot be read or written: {e.Message}; what is done is kept, and the same job run again goes on from there");
        }
    }

    /// <summary>Removes a job's folder, unless another process works in it.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="onlyFinished">Whether the folder of a job that is not done stays.</param>
    public static void Discard(BatchSpec spec, bool onlyFinished = false)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (Directory.Exists(spec.Folder))
        {
            using var folder = BatchFolder.Open(spec.Folder).Value;
            if (!onlyFinished || folder?.ReadState()?.Summary is not null)
            {
                folder?.Clear();
            }
        }
    }

    private Refusal? CheckPlaces()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(spec.Output))!;
        return !File.Exists(spec.Input) ? new Refusal(RefusalKind.NotFound, $"there is no file {spec.Input}", "input")
            : !Directory.Exists(folder) ? new Refusal(RefusalKind.NotFound, $"there is no folder {folder}", "output")
            : Path.GetFullPath(spec.Input) == Path.GetFullPath(spec.Output) ? Refusal.Invalid("output", "must not be the input")
            : null;
    }

    private async Task<Outcome<BatchSummary>> RunInFolderAsync(CancellationToken ct)
    {
        var opened = BatchFolder.Open(spec.Folder);
        if (opened.Value is not { } folder)
        {
            return opened.Refusal!;
        }
        using (folder)
        {
            var outcome = await RunAsync(folder, ct);
            // A job that never began leaves nothing behind either.
            if (outcome.Succeeded ? !KeepFinished : folder.ReadState() is null)
            {
                folder.Clear();
            }
            return outcome;
        }
    }

    private async Task<Outcome<BatchSummary>> RunAsync(BatchFolder folder, CancellationToken ct)
    {
        var identity = await FileIdentity.OfAsync(spec.Input, ct);
        var state = folder.ReadState();
        if (state?.Difference(spec, identity) is { } other)
        {
            return new Refusal(RefusalKind.FailedPrecondition,
                $"{spec.Folder} holds a job that was begun {other}; run that one to its end, or delete the folder to begin anew");
        }
        if (state is null && !spec.Overwrite && File.Exists(spec.Output))
        {
            return new Refusal(RefusalKind.AlreadyExists, $"{spec.Output} exists; move it away, or ask to overwrite it", "output");
        }
        if (state?.Summary is { } finished)
        {
            return finished;
        }
        var described = await DescribeAsync(state?.Version ?? spec.Version, ct);
        if (described.Value is not { } model)
        {
            return described.Refusal!;
        }
        var planned = await BatchPlan.OfAsync(spec, model, ct);
        if (planned.Value is not { } plan)
        {
            return planned.Refusal!;
        }
        if (state is null)
        {
            state = new(spec.Model, model.Version, identity, spec.Format, spec.ChunkRows, spec.Partition.ToString());
            await folder.WriteStateAsync(state, ct);
        }
        Progress.Predicts(state.Version);
        return await new BatchExecution(spec, plan, state, folder, Progress).RunAsync(predictor, retry, clock, ct);
    }

    private async Task<Outcome<BatchModel>> DescribeAsync(long? version, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            var described = await predictor.DescribeAsync(spec.Model, version, ct);
            if (described.Succeeded || retry.WaitAfter(described.Refusal, tries) is not { } wait)
            {
                return described;
            }
            await Task.Delay(wait, clock, ct);
        }
    }
}
