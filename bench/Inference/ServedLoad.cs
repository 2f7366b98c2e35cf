using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ModelOps.Bench.Measuring;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Bench.Inference;

/// <summary>A closed loop of callers, each waiting for its answer before it sends the next row.</summary>
internal sealed class ServedLoad(Uri address, string key, GoldenModel model, int connections, int streamsPerConnection) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly GrpcChannel[] _channels = [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(address))];
    private readonly Metadata _headers = new() { { "authorization", $"Bearer {key}" } };
    private readonly ModelInferRequest[] _requests = Array.ConvertAll(model.Rows, row => Request(model, row));

    public async Task<LoadFigures> RunAsync(TimeSpan length, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var callers = Enumerable.Range(0, connections * streamsPerConnection).Select(caller => CallAsync(caller, watch, length, ct));
        var latencies = await Task.WhenAll(callers);
        return LoadFigures.Of(latencies.SelectMany(calls => calls), watch.Elapsed);
    }

    public void Dispose() => Array.ForEach(_channels, channel => channel.Dispose());

    private async Task<List<double>> CallAsync(int caller, Stopwatch watch, TimeSpan length, CancellationToken ct)
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(_channels[caller % _channels.Length]);
        var milliseconds = new List<double>(1 << 16);
        for (var row = caller; watch.Elapsed < length; row++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.ModelInferAsync(_requests[row % _requests.Length], _headers, (TimeProvider.System.GetUtcNow() + Deadline).UtcDateTime, ct);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return milliseconds;
    }

    private static ModelInferRequest Request(GoldenModel model, float[] row) => new()
    {
        ModelName = model.Name,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = model.Input, Datatype = "FP32", Shape = { model.RowShape } } },
        RawInputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(row.AsSpan())) },
    };
}
