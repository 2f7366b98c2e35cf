using System.Buffers.Binary;
using System.Net;

namespace ModelOps.Bench.Grpc;

/// <summary>Sends the bytes that a gRPC call would, headers and all, and reads its answer to the end, without being gRPC.</summary>
internal sealed class BareClient : IDisposable
{
    private static readonly string UserAgent = $"grpc-dotnet-compat/2.76.0 (.NET {Environment.Version})";
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true });
    private readonly Uri _path;
    private readonly byte[] _body;

    public BareClient(Uri address, int payload)
    {
        _path = new Uri(address, "/modelops.bench.v1.Mirror/Echo");
        var message = new V1.Payload { Data = Google.Protobuf.ByteString.CopyFrom(new byte[payload]) };
        _body = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(_body.AsSpan(1), _body.Length - 5);
        Google.Protobuf.MessageExtensions.WriteTo(message, _body.AsSpan(5));
    }

    public async Task CallAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip,deflate");
        using var response = await _http.SendAsync(request, ct);
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        if (body.Length != _body.Length || !response.TrailingHeaders.Contains("grpc-status"))
        {
            throw new InvalidDataException($"{body.Length} bytes came back instead of {_body.Length}");
        }
    }

    public void Dispose() => _http.Dispose();
}
