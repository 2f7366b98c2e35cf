using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using ModelOps.Contracts.OpenInference;

namespace ModelOps.Integration.Tests;

/// <summary>A gRPC call through the gateway whose message is sent in two halves.</summary>
internal sealed class SlowCall : IDisposable
{
    private const int Prefix = 5;
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _client;
    private readonly Task<HttpResponseMessage> _answer;

    public SlowCall(RunningLoop loop, ModelInferRequest request)
    {
        _client = new HttpClient { BaseAddress = loop.GatewayGrpc, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        _client.DefaultRequestHeaders.Add("X-API-Key", loop.AdminKey);
        _client.DefaultRequestHeaders.Add("te", "trailers");
        var frame = new byte[Prefix + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - Prefix);
        request.WriteTo(frame.AsSpan(Prefix));
        _answer = _client.PostAsync("/inference.GRPCInferenceService/ModelInfer", new Halves(frame, _finish.Task));
    }

    /// <summary>Sends the other half.</summary>
    /// <returns>The answer.</returns>
    public async Task<ModelInferResponse> FinishAsync(CancellationToken ct)
    {
        _finish.SetResult();
        using var answer = await _answer.WaitAsync(ct);
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        var end = answer.TrailingHeaders.Concat(answer.Headers).Where(header => header.Key.StartsWith("grpc-", StringComparison.Ordinal));
        Assert.Equal("grpc-status: 0", string.Join("; ", end.Select(header => $"{header.Key}: {string.Join(',', header.Value)}")));
        return ModelInferResponse.Parser.ParseFrom(body.AsSpan(Prefix));
    }

    public void Dispose() => _client.Dispose();

    private sealed class Halves : HttpContent
    {
        private readonly byte[] _frame;
        private readonly Task _finish;

        public Halves(byte[] frame, Task finish)
        {
            (_frame, _finish) = (frame, finish);
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_frame.AsMemory(0, _frame.Length / 2));
            await stream.FlushAsync();
            await _finish;
            await stream.WriteAsync(_frame.AsMemory(_frame.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
