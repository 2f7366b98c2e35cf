using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Sessions;

/// <summary>
/// Makes sessions as a version and the replica want them: on the first execution provider wished for that is there and
/// starts. A library without a device behind it is passed over like one that is missing.
/// </summary>
internal sealed class SessionFactory(IOptions<ModelOptions> options, OptimizedModels optimized, ILogger<SessionFactory> logger)
{
    private readonly string[] _available = OrtEnv.Instance().GetAvailableProviders();

    /// <summary>Makes the first session of a version, and with it the means to make more.</summary>
    /// <param name="source">The version.</param>
    /// <param name="bindsAddresses">True when runs bind inputs and outputs at addresses that stay, as CUDA graphs need it.</param>
    /// <param name="ct">Ends the load.</param>
    public Outcome<VersionSessions> Open(ModelSource source, bool bindsAddresses, CancellationToken ct)
    {
        var (settings, notGraphs) = SettingsOf(source, bindsAddresses);
        var plan = ProviderPlan.For(settings.Providers, _available);
        List<string> unmet = [.. plan.Unmet, .. notGraphs];
        for (var providers = plan.Providers; providers.Count > 0; providers = [.. providers.Skip(1)])
        {
            try
            {
                var sessions = Open(source, settings, providers, unmet, ct);
                Log.Opened(logger, source.Key, sessions.ProviderInUse, unmet.Count > 0 ? sessions.UnmetWishes : "every wish is met");
                return sessions;
            }
            catch (OnnxRuntimeException e) when (providers.Count > 1)
            {
                ct.ThrowIfCancellationRequested();
                unmet.Add($"{providers[0]}: {OnnxErrors.Reason(e)}");
            }
            catch (OnnxRuntimeException e)
            {
                ct.ThrowIfCancellationRequested();
                return new Refusal(RefusalKind.Invalid, $"ONNX Runtime does not load the file: {OnnxErrors.Reason(e)}");
            }
        }
        return new Refusal(RefusalKind.Invalid, $"no execution provider that is wished for is there: {string.Join("; ", unmet)}");
    }

    /// <summary>Makes a session of a version that records what its operators do, until its profiling is ended.</summary>
    /// <param name="source">The version.</param>
    /// <param name="provider">The execution provider that the version is served on.</param>
    /// <param name="path">Where the profile goes; ONNX Runtime appends time and extension.</param>
    /// <param name="ct">Ends the load.</param>
    /// <exception cref="OnnxRuntimeException">There is no memory for another session, or it took too long.</exception>
    public InferenceSession OpenProfiled(ModelSource source, string provider, string path, CancellationToken ct)
    {
        using var profiled = SessionOptionsFactory.Create(SettingsOf(source, bindsAddresses: false).Settings, [provider]);
        profiled.ProfileOutputPathPrefix = path;
        profiled.EnableProfiling = true;
        return VersionSessions.Open(new SessionModel(source.Onnx, IsOptimized: false), profiled, options.Value.LoadTimeout, ct);
    }

    private (SessionSettings Settings, string[] Unmet) SettingsOf(ModelSource source, bool bindsAddresses)
    {
        var settings = SessionSettings.Of(source.Serving.Execution, options.Value);
        return settings.CudaGraphs && !bindsAddresses
            ? (settings with { CudaGraphs = false }, ["cuda_graphs: runs are not bound to addresses that stay"])
            : (settings, []);
    }

    private VersionSessions Open(ModelSource source, SessionSettings settings, IReadOnlyList<string> providers, List<string> unmet, CancellationToken ct)
    {
        var model = new SessionModel(source.Onnx, IsOptimized: false);
        var session = settings.CacheOptimizedModel ? OpenKept(source, settings, providers, ref model, unmet, ct) : null;
        if (session is null)
        {
            using var plain = SessionOptionsFactory.Create(settings, providers);
            session = VersionSessions.Open(model, plain, options.Value.LoadTimeout, ct);
        }
        return new VersionSessions(settings, providers, model, session, options.Value.LoadTimeout) { UnmetWishes = string.Join("; ", unmet) };
    }

    /// <summary>Uses the optimized graph that was kept, or keeps the one that this load makes.</summary>
    /// <returns>Null when that is not possible.</returns>
    private InferenceSession? OpenKept(
        ModelSource source, SessionSettings settings, IReadOnlyList<string> providers, ref SessionModel model, List<string> unmet, CancellationToken ct)
    {
        if (providers[0] == ExecutionProviders.TensorRt)
        {
            unmet.Add("cache_optimized_model: what TensorRT compiled cannot be kept");
            return null;
        }
        var place = OptimizedModels.PlaceOf(source, settings.GraphKey(providers[0]));
        try
        {
            using var kept = SessionOptionsFactory.Create(settings, providers);
            if (optimized.Read(place) is { } bytes)
            {
                var asKept = new SessionModel(bytes, IsOptimized: true);
                var session = VersionSessions.Open(asKept, kept, options.Value.LoadTimeout, ct);
                model = asKept;
                return session;
            }
            return optimized.Keep(place, path =>
            {
                kept.OptimizedModelFilePath = path;
                return VersionSessions.Open(new SessionModel(source.Onnx, IsOptimized: false), kept, options.Value.LoadTimeout, ct);
            });
        }
        catch (Exception e) when (e is OnnxRuntimeException or IOException or UnauthorizedAccessException)
        {
            // The version itself decides, without what is kept: when it is to blame it fails again.
            ct.ThrowIfCancellationRequested();
            optimized.Drop(place);
            unmet.Add($"cache_optimized_model: {OnnxErrors.Reason(e)}");
            return null;
        }
    }
}
