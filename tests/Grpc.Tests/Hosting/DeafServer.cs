using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.Grpc.Tests.Hosting;

/// <summary>
/// HTTP/2 by hand: answers the first call with a status once the flow-control window it opened with is full, and neither reads on nor
/// resets the stream, as the protocol allows.
/// </summary>
internal sealed class DeafServer : IAsyncDisposable
{
    private const int InitialWindow = 65_535;
    private const int PrefaceBytes = 24;
    private const byte Data = 0;
    private const byte HeadersFrame = 1;
    private const byte SettingsFrame = 4;
    private const byte Acknowledged = 1;
    private const byte EndOfStreamAndHeaders = 5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public DeafServer(string status)
    {
        _listener.Start();
        _serving = ServeAsync(status, _stop.Token);
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it ends because it was told to
        _stop.Dispose();
    }

    private async Task ServeAsync(string status, CancellationToken ct)
    {
        using var client = await _listener.AcceptTcpClientAsync(ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Frame(SettingsFrame, 0, 0, []), ct);
        await stream.ReadExactlyAsync(new byte[PrefaceBytes], ct);
        var taken = 0;
        var head = new byte[9];
        while (taken < InitialWindow)
        {
            await stream.ReadExactlyAsync(head, ct);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(payload, ct);
            taken += head[3] == Data ? payload.Length : 0;
            if (head[3] == SettingsFrame && (head[4] & Acknowledged) == 0)
            {
                await stream.WriteAsync(Frame(SettingsFrame, Acknowledged, 0, []), ct);
            }
        }
        byte[] headers = [0x88, .. Header("content-type", "application/grpc"), .. Header("grpc-status", status)]; // 0x88: ":status: 200"
        await stream.WriteAsync(Frame(HeadersFrame, EndOfStreamAndHeaders, 1, headers), ct);
        while (await stream.ReadAsync(head, ct) > 0)
        {
            continue; // stays connected, and opens no window
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>A literal of HPACK, neither indexed nor compressed.</summary>
    private static byte[] Header(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
