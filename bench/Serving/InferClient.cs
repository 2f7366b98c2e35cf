using System.Buffers.Binary;
using System.Net;

namespace ModelOps.Bench.Serving;

/// <summary>
/// Sends frames over several HTTP/2 connections and reads each answer to its trailer: what a gRPC client does on the wire, without
/// its objects, so that what is measured is the server.
/// </summary>
internal sealed class InferClient : IDisposable
{
    private const string Path = "/inference.GRPCInferenceService/ModelInfer";
    private static readonly string UserAgent = $"grpc-dotnet-compat/2.76.0 (.NET {Environment.Version})";
    private readonly HttpMessageInvoker[] _connections;
    private readonly byte[][] _frames;
    private readonly Caller[] _callers;
    private readonly string _authorization;
    private readonly Uri _address;

    /// <param name="address">Where the server listens, h2c.</param>
    /// <param name="key">The credential that is shown.</param>
    /// <param name="frames">What is sent, in turn.</param>
    /// <param name="callers">Calls under way at the same time, spread over at most eight connections.</param>
    public InferClient(Uri address, string key, byte[][] frames, int callers)
    {
        (_address, _frames, _authorization) = (new Uri(address, Path), frames, $"Bearer {key}");
        _connections = [.. Enumerable.Range(0, ConnectionsOf(callers)).Select(_ => NewConnection())];
        _callers = [.. Enumerable.Range(0, callers).Select(caller => new Caller { Next = caller })];
    }

    /// <summary>Looks at some of the answers: the number of the frame that was sent, and the frame that came back.</summary>
    public Action<int, ReadOnlySpan<byte>>? Check { get; init; }

    /// <summary>Of so many calls of a caller one is checked.</summary>
    public int CheckEvery { get; init; } = 256;

    public static int ConnectionsOf(int callers) => Math.Min(callers, 8);

    /// <summary>One call of one caller, each with its next input.</summary>
    public async Task CallAsync(int caller, CancellationToken ct)
    {
        var mine = _callers[caller];
        var sent = mine.Next++ % _frames.Length;
        var length = await ExchangeAsync(caller, sent, ct);
        if (Check is not null && mine.Calls++ % CheckEvery == 0)
        {
            Check(sent, mine.Answer.AsSpan(0, length));
        }
    }

    /// <summary>Sends one frame and gives back the answer's.</summary>
    public async Task<byte[]> AskAsync(int frame, CancellationToken ct)
    {
        var length = await ExchangeAsync(0, frame, ct);
        return _callers[0].Answer[..length];
    }

    public void Dispose() => Array.ForEach(_connections, connection => connection.Dispose());

    private async Task<int> ExchangeAsync(int caller, int frame, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_frames[frame]),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip,deflate");
        request.Headers.TryAddWithoutValidation("authorization", _authorization);
        using var response = await _connections[caller % _connections.Length].SendAsync(request, ct);
        var length = await _callers[caller].ReadAsync(await response.Content.ReadAsStreamAsync(ct), ct);
        Succeeded(response, _callers[caller].Answer.AsSpan(0, length));
        return length;
    }

    private static void Succeeded(HttpResponseMessage response, ReadOnlySpan<byte> answer)
    {
        var headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!headers.TryGetValues("grpc-status", out var status) || status.Single() != "0")
        {
            var message = headers.TryGetValues("grpc-message", out var said) ? said.Single() : "no message";
            throw new InvalidDataException($"HTTP {(int)response.StatusCode}, grpc-status {status?.Single() ?? "missing"}: {message}");
        }
        if (answer.Length < InferFrames.PrefixSize || BinaryPrimitives.ReadInt32BigEndian(answer[1..]) != answer.Length - InferFrames.PrefixSize)
        {
            throw new InvalidDataException($"{answer.Length} bytes came back that are no single message");
        }
    }

    private static HttpMessageInvoker NewConnection() =>
        new(new SocketsHttpHandler { EnableMultipleHttp2Connections = false, InitialHttp2StreamWindowSize = 1 << 20 });

    private sealed class Caller
    {
        public int Next { get; set; }

        public int Calls { get; set; }

        public byte[] Answer { get; private set; } = new byte[4 << 10];

        public async ValueTask<int> ReadAsync(Stream stream, CancellationToken ct)
        {
            var length = 0;
            while (await stream.ReadAsync(Answer.AsMemory(length), ct) is var read and > 0)
            {
                length += read;
                if (length == Answer.Length)
                {
                    var larger = new byte[2 * Answer.Length];
                    Answer.CopyTo(larger, 0);
                    Answer = larger;
                }
            }
            return length;
        }
    }
}
