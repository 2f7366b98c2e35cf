using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ModelOps.Inference.Tests.Support;

/// <summary>Stands between the service and a server, so that a test can cut the line and mend it.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Uri _server;
    private TcpListener? _listener;

    public TcpRelay(string connectionString)
    {
        _server = new Uri(connectionString);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
        ConnectionString = new UriBuilder(_server) { Host = "127.0.0.1", Port = Port }.Uri.ToString();
    }

    public int Port { get; }

    /// <summary>Reaches the server through the relay.</summary>
    public string ConnectionString { get; }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public void Cut()
    {
        _listener?.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
        _clients.Clear();
    }

    public void Dispose() => Cut();

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            var server = new TcpClient();
            _clients.Add(client);
            _clients.Add(server);
            await server.ConnectAsync(_server.Host, _server.Port);
            _ = client.GetStream().CopyToAsync(server.GetStream());
            _ = server.GetStream().CopyToAsync(client.GetStream());
        }
    }
}
