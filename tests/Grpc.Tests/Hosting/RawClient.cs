using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>Speaks HTTP/2 to a server without any gRPC client, so that what it sends can be wrong.</summary>
internal sealed class RawClient(Uri address) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true });

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload, byte flag = 0, int? length = null)
    {
        var claimed = (uint)(length ?? payload.Length);
        return [flag, (byte)(claimed >> 24), (byte)(claimed >> 16), (byte)(claimed >> 8), (byte)claimed, .. payload];
    }

    public static byte[] Compress(byte[] bytes, string encoding)
    {
        using var output = new MemoryStream();
        using (Stream compressing = encoding == "gzip" ? new GZipStream(output, CompressionLevel.Fastest) : new ZLibStream(output, CompressionLevel.Fastest))
        {
            compressing.Write(bytes);
        }
        return output.ToArray();
    }

    public Task<RawAnswer> UnaryAsync(byte[] body, Action<HttpRequestHeaders>? headers = null) => SendAsync("Unary", body, headers);

    public Task<RawAnswer> SendAsync(string method, byte[] body, Action<HttpRequestHeaders>? headers = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "/modelops.grpc.tests.Probe/" + method) { Content = new ByteArrayContent(body) }, headers);

    public async Task<RawAnswer> SendAsync(HttpRequestMessage request, Action<HttpRequestHeaders>? headers = null, string? contentType = "application/grpc")
    {
        request.RequestUri = new Uri(address, request.RequestUri!);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (contentType is not null)
        {
            request.Content!.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        headers?.Invoke(request.Headers);
        using var response = await _http.SendAsync(request, CancellationToken.None).WaitAsync(Expect.Patience);
        var body = await response.Content.ReadAsByteArrayAsync().WaitAsync(Expect.Patience);
        return RawAnswer.Of(response, body);
    }

    public void Dispose() => _http.Dispose();
}
