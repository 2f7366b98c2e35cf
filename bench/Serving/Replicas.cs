namespace ModelOps.Bench.Serving;

/// <summary>The replica that the cases share, started when the first of them needs it.</summary>
internal sealed class Replicas(bool predictionLog) : IAsyncDisposable
{
    private static readonly ServedModel[] Models = [ServedModel.Mlp, ServedModel.Ensemble, ServedModel.Convnet, ServedModel.Wide];
    private ReplicaProcess? _shared;

    /// <summary>One that holds every model twice: as it is by itself, and with batching off.</summary>
    public async Task<ReplicaProcess> SharedAsync(CancellationToken ct) => _shared ??= await ReplicaProcess.StartAsync(
        [.. Models.SelectMany(model => (ServedVersion[])[new(model), new(model, ServedVersion.Unbatched, ServedVersion.WithoutBatching)])],
        predictionLog,
        [("Inference:DefaultModel", ServedModel.Ensemble.Name)],
        ct);

    /// <summary>One of its own for a case; whoever asked ends it.</summary>
    public Task<ReplicaProcess> StartAsync(IReadOnlyList<ServedVersion> versions, CancellationToken ct) =>
        ReplicaProcess.StartAsync(versions, predictionLog, [], ct);

    public async ValueTask DisposeAsync()
    {
        if (_shared is not null)
        {
            await _shared.DisposeAsync();
        }
    }
}
