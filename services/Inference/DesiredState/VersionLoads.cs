using Grpc.Core;
using Microsoft.Extensions.Options;
using ModelOps.Inference.Artifacts;
using ModelOps.Inference.Models;

namespace ModelOps.Inference.DesiredState;

/// <summary>Brings versions from the Registry into memory, a few at a time. What may pass is tried again; what the file is to blame for is not.</summary>
internal sealed class VersionLoads(
    VersionFiles files, ModelLoader loader, BackOff backOff, IOptions<DesiredStateOptions> options, IOptions<ModelOptions> models, ILogger<VersionLoads> logger) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.Value.MaxParallelLoads);

    /// <summary>Starts a load that reports every state it reaches, the last one READY or FAILED.</summary>
    /// <param name="wanted">The version.</param>
    /// <param name="admit">Asked once it is known how many bytes of memory it will take; says why there is no room for it.</param>
    /// <param name="report">Called with every state.</param>
    /// <param name="dropped">Ends the load.</param>
    public void Start(WantedVersion wanted, Func<long, string?> admit, Action<VersionStatus> report, CancellationToken dropped) =>
        _ = Task.Run(() => RunAsync(wanted, admit, report, dropped), CancellationToken.None);

    public void Dispose() => _turns.Dispose();

    private async Task RunAsync(WantedVersion wanted, Func<long, string?> admit, Action<VersionStatus> report, CancellationToken dropped)
    {
        try
        {
            for (var failures = 0; await TryAsync(wanted, admit, report, dropped) is { } reason; failures++)
            {
                Log.LoadWillBeTriedAgain(logger, wanted.Key, reason);
                report(VersionStatus.Failed(reason));
                await backOff.WaitAsync(failures, dropped);
                report(VersionStatus.Loading);
            }
        }
        catch (OperationCanceledException) when (dropped.IsCancellationRequested)
        {
            Log.LoadDropped(logger, wanted.Key);
        }
        catch (Exception e)
        {
            // A load is nobody's request: what went wrong is shown where versions are reported, and the replica goes on.
            Log.LoadBroke(logger, e, wanted.Key);
            report(VersionStatus.Failed(OnnxErrors.Reason(e)));
        }
    }

    /// <returns>Why it failed, if trying again may help; null when it is over, in one way or the other.</returns>
    private async Task<string?> TryAsync(WantedVersion wanted, Func<long, string?> admit, Action<VersionStatus> report, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            var file = await files.ReadAsync(wanted.Key, wanted.Sha256, ct);
            var source = file.Value is { } found ? SourceOf(wanted, found) : null;
            if (source is not null && admit(MemoryPlan.Estimate(source, SessionCounts.Most(source, models.Value))) is { } full)
            {
                return full;
            }
            var model = source is null ? file.Refusal! : await loader.LoadAsync(source, ct);
            if (model.Refusal is { } refusal)
            {
                Log.LoadFailed(logger, wanted.Key, refusal.Detail);
                report(VersionStatus.Failed(refusal.Detail));
                return null;
            }
            report(VersionStatus.Ready(model.Value!));
            return null;
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            return $"the version cannot be downloaded: {e.Status.StatusCode}: {e.Status.Detail}";
        }
        catch (IOException e)
        {
            return $"the version cannot be kept: {e.Message}";
        }
        finally
        {
            _turns.Release();
        }
    }

    private static ModelSource SourceOf(WantedVersion wanted, VersionFile file) => new(wanted.Key, file.Onnx)
    {
        Sha256 = wanted.Sha256,
        Folder = file.Folder,
        FeatureService = file.Details.FeatureService,
        Serving = file.Details.Serving,
        Members = file.Members,
    };
}
