using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Artifacts;
using ModelOps.Inference.Models;
using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Models.Trials;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Profiling;

/// <summary>
/// Profiles versions on a session of their own, so that what is served is not slowed by the recording: which operators take how long, on
/// which provider. One at a time, since it takes a processor.
/// </summary>
internal sealed class Profiler(ArtifactCache artifacts, SessionFactory sessions, RunWatch watch, IOptions<ModelOptions> options, TimeProvider clock) : IDisposable
{
    private const long MostBytes = 64 << 20;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Profiles a version.</summary>
    /// <param name="model">The version, which stays loaded meanwhile.</param>
    /// <param name="request">How.</param>
    /// <param name="ct">Ends it between two runs.</param>
    /// <returns>ONNX Runtime's profile: JSON in the trace event format.</returns>
    public async Task<Outcome<byte[]>> ProfileAsync(LoadedModel model, ProfileRequest request, CancellationToken ct)
    {
        if (model.Serving.Graph.Steps.Count > 0)
        {
            return new Refusal(RefusalKind.FailedPrecondition, "a version that is a graph of steps is not profiled as a whole; profile the versions that it is made of");
        }
        if (!await _turn.WaitAsync(0, ct))
        {
            return new Refusal(RefusalKind.ResourceExhausted, "another version is being profiled") { RetryAfter = options.Value.MaxRunTime };
        }
        try
        {
            var read = await artifacts.ReadAsync(model.Key, model.Sha256, ct);
            return read.Value is { } onnx ? await Task.Run(() => Run(model, onnx, request, ct), ct) : read.Refusal!;
        }
        catch (Exception e) when (e is RpcException or OnnxRuntimeException or IOException && !ct.IsCancellationRequested)
        {
            return new Refusal(RefusalKind.Unavailable, $"version {model.Version} cannot be profiled now: {OnnxErrors.Reason(e)}");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private Outcome<byte[]> Run(LoadedModel model, byte[] onnx, ProfileRequest request, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("modelops-profile-");
        try
        {
            var source = new ModelSource(model.Key, onnx) { Sha256 = model.Sha256, Folder = artifacts.FolderOf(model.Sha256), Serving = model.Serving };
            var session = sessions.OpenProfiled(source, model.Provider, Path.Combine(folder.FullName, "profile"), ct);
            using var executable = new SessionExecutable(session, model.Schema);
            if (RunOn(executable, model, request, ct) is { } refusal)
            {
                return refusal;
            }
            var file = new FileInfo(session.EndProfiling());
            return file.Length <= MostBytes
                ? File.ReadAllBytes(file.FullName)
                : new Refusal(RefusalKind.TooLarge, $"the profile has {file.Length} bytes, at most {MostBytes} are answered; ask for fewer runs");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Refusal? RunOn(SessionExecutable executable, LoadedModel model, ProfileRequest request, CancellationToken ct)
    {
        var limits = new RunLimits(options.Value.MaxRunTime, options.Value.MaxOutputBytes);
        var quiet = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        var instance = new ModelInstance(executable, model.Schema, quiet, limits, new ModelStatistics(clock), clock);
        using var trial = new TrialRuns(instance, watch, new WarmUpInputs(model.Schema, model.Serving.WarmUp), model.Schema, clock);
        for (var run = 0; run < request.Runs; run++)
        {
            ct.ThrowIfCancellationRequested();
            using var result = trial.Run(trial.Inputs.Numbered(run * request.Rows, request.Rows));
            if (result is null)
            {
                return new Refusal(RefusalKind.FailedPrecondition, "the version does not run on made-up inputs of so many rows; name lengths in serving.warm_up.shapes, or ask for fewer rows");
            }
        }
        return null;
    }
}
