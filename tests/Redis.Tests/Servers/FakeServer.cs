using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace ModelOps.Redis.Tests.Servers;

/// <summary>A server that answers the greeting, and then only what the test tells it to.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Channel<string> _commands = Channel.CreateBounded<string>(1024);
    private readonly Task _accepting;
    private volatile NetworkStream? _client;
    private int _connections;

    public FakeServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How often somebody connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Waits for the next command after the greeting.</summary>
    /// <returns>Its name and arguments, separated by spaces.</returns>
    public async Task<string> NextAsync() => await _commands.Reader.ReadAsync(_ending.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), _ending.Token);

    public async Task SayAsync(string text) => await _client!.WriteAsync(Encoding.UTF8.GetBytes(text), _ending.Token);

    /// <summary>Closes the connection that was made last.</summary>
    public void HangUp() => _client!.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _accepting; // before the listener stops: it does not accept any more by then
        _listener.Stop();
        _client?.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            Assert.True(_ending.IsCancellationRequested);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var stream = client.GetStream();
        var greeted = false;
        try
        {
            using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
            while (await ReadCommandAsync(reader) is { } command)
            {
                if (greeted)
                {
                    await _commands.Writer.WriteAsync(command, _ending.Token);
                    continue;
                }
                if (command == "PING")
                {
                    greeted = true;
                    _client = stream;
                    Interlocked.Increment(ref _connections);
                }
                await stream.WriteAsync(command == "PING" ? "+PONG\r\n"u8.ToArray() : "+OK\r\n"u8.ToArray(), _ending.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }

    private async Task<string?> ReadCommandAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(_ending.Token) is not ['*', .. var count])
        {
            return null;
        }
        var parts = new List<string?>();
        for (var i = int.Parse(count); i > 0; i--)
        {
            await reader.ReadLineAsync(_ending.Token);
            parts.Add(await reader.ReadLineAsync(_ending.Token));
        }
        return string.Join(' ', parts);
    }
}
