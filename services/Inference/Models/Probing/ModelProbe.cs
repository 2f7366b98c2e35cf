using Microsoft.Extensions.Options;
using ModelOps.Inference.Models.Sessions;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.Models.Probing;

/// <summary>
/// Decides whether a version may be loaded, by loading it elsewhere first. What passed is remembered beside the artifact,
/// so that a restart does not try it again; what failed is tried again, as the fault may have been the machine's.
/// </summary>
internal sealed class ModelProbe(
    IOptions<ProbeOptions> options, IOptions<ModelOptions> models, KeyedDigest digest, TimeProvider clock, ILogger<ModelProbe> logger)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <returns>Why the version must not be loaded; null when it may.</returns>
    public async Task<Refusal?> RefuseAsync(ModelSource source, CancellationToken ct)
    {
        if (!options.Value.Enabled)
        {
            return null;
        }
        var passed = PassedFile.Of(source, digest);
        if (passed.Exists())
        {
            return null;
        }
        var started = clock.GetTimestamp();
        if (await TryAsync(source, ct) is { } reason)
        {
            return new Refusal(RefusalKind.Invalid, reason);
        }
        Log.Passed(logger, source.Key, clock.GetElapsedTime(started).TotalMilliseconds);
        if (passed.Write() is { } error)
        {
            Log.NotRemembered(logger, source.Key, error);
        }
        return null;
    }

    private async Task<string?> TryAsync(ModelSource source, CancellationToken ct)
    {
        var limit = options.Value.Timeout;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // ONNX Runtime is told to stop first, and says so itself; what does not listen is killed.
        end.CancelAfter(limit + Grace);
        var runTime = models.Value.MaxRunTime < limit ? models.Value.MaxRunTime : limit;
        var request = new ProbeRequest
        {
            ModelBytes = source.Onnx.Length,
            WarmUp = source.Serving.WarmUp,
            RunTime = runTime,
            ProcessorSeconds = (ulong)Math.Ceiling((limit + Grace).TotalSeconds),
            MemoryBytes = (ulong)(options.Value.MemoryBytes + (4L * source.Onnx.Length)),
            OutputBytes = models.Value.MaxOutputBytes,
        };
        using var child = ProbeProcess.Start();
        try
        {
            return await child.TryAsync(request, source.Onnx, end.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"the process that tried the version was not done after {limit.TotalSeconds:0.###} s and was killed";
        }
    }
}
