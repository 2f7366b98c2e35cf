using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Contracts.Monitor.V1;

namespace ModelOps.Gateway.Tests.Support;

/// <summary>What Monitor says of versions on the wire: what a test put in; nothing for the others.</summary>
internal sealed class PeerMonitor : IAsyncDisposable
{
    private readonly PeerServer _server;
    private readonly Memory _memory;

    private PeerMonitor(PeerServer server, Memory memory) => (_server, _memory) = (server, memory);

    public string Grpc => _server.Grpc;

    /// <summary>True: it answers nobody.</summary>
    public bool Away
    {
        get => _memory.Away;
        set => _memory.Away = value;
    }

    /// <summary>What it was asked.</summary>
    public IReadOnlyCollection<GetArmStatisticsRequest> Requests => _memory.Requests;

    public static async Task<PeerMonitor> StartAsync()
    {
        var memory = new Memory();
        return new(await PeerServer.StartAsync(services => services.AddSingleton(memory), app => app.MapGrpcService<Rpc>()), memory);
    }

    /// <summary>A version that does well.</summary>
    public void Good(string model, params long[] versions)
    {
        foreach (var version in versions)
        {
            _memory.Arms[(model, version)] = Healthy(version);
        }
    }

    /// <summary>A version that does well but for what is changed.</summary>
    public void Put(string model, long version, Action<ArmStatistics> change)
    {
        var arm = Healthy(version);
        change(arm);
        _memory.Arms[(model, version)] = arm;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static ArmStatistics Healthy(long version) => new()
    {
        Version = version,
        Predictions = 2_000,
        LatencyP50Seconds = 0.002,
        LatencyP99Seconds = 0.01,
        Labels = 1_000,
        Positives = 100,
        LogLossMean = 0.2,
        LogLossVariance = 0.3,
        BrierMean = 0.06,
        BrierVariance = 0.02,
    };

    private sealed class Memory
    {
        public ConcurrentDictionary<(string Model, long Version), ArmStatistics> Arms { get; } = new();

        public ConcurrentQueue<GetArmStatisticsRequest> Requests { get; } = new();

        public bool Away { get; set; }
    }

    private sealed class Rpc(Memory memory) : Monitoring.MonitoringBase
    {
        public override Task<GetArmStatisticsResponse> GetArmStatistics(GetArmStatisticsRequest request, ServerCallContext context)
        {
            if (memory.Away)
            {
                throw new RpcException(new(StatusCode.Internal, "out of order"));
            }
            memory.Requests.Enqueue(request);
            return Task.FromResult(new GetArmStatisticsResponse
            {
                Arms = { request.Versions.Select(version => memory.Arms.GetValueOrDefault((request.Model, version), new() { Version = version })) },
            });
        }
    }
}
