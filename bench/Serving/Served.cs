using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving;

/// <summary>Load on a version over gRPC, with answers held against direct runs.</summary>
internal sealed class Served : IDisposable
{
    private readonly InferClient _client;
    private readonly Load _load;

    /// <param name="replica">Who answers.</param>
    /// <param name="model">What is asked.</param>
    /// <param name="version">Which version of it.</param>
    /// <param name="callers">Requests under way.</param>
    /// <param name="expected">What the answers must be.</param>
    /// <param name="rows">Rows of a request.</param>
    public Served(ReplicaProcess replica, ServedModel model, long version, int callers, ExpectedScores expected, int rows = 1)
    {
        _client = new(replica.Grpc, replica.Key, InferFrames.Requests(model, version, rows), callers) { Check = expected.Check };
        _load = new(callers, _client.CallAsync, replica.UsageAsync);
    }

    public Task<Round> RunAsync(TimeSpan time, CancellationToken ct) => _load.RunAsync(time, ct);

    /// <summary>One answer, as it came.</summary>
    public Task<byte[]> AskAsync(CancellationToken ct) => _client.AskAsync(0, ct);

    public void Dispose() => _client.Dispose();
}
