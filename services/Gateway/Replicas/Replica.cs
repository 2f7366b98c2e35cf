namespace ModelOps.Gateway.Replicas;

/// <summary>An Inference process that is connected, and how many requests of this gateway it is working on.</summary>
internal sealed class Replica(string instanceId, string httpAddress, string grpcAddress)
{
    private int _inFlight;

    /// <summary>Identity of the process.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>Base address of its REST endpoint.</summary>
    public string HttpAddress { get; } = httpAddress;

    /// <summary>Base address of its gRPC endpoint.</summary>
    public string GrpcAddress { get; } = grpcAddress;

    /// <summary>Requests sent and not yet answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Counts a request in until <see cref="End"/>.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts a request out.</summary>
    public void End() => Interlocked.Decrement(ref _inFlight);
}
