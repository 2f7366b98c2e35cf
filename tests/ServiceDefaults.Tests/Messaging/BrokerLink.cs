using System.Net;
using System.Net.Sockets;

namespace ModelOps.ServiceDefaults.Tests.Messaging;

/// <summary>The way to a broker, which can be cut: a service behind it sees a broker that goes away and comes back on the same port.</summary>
internal sealed class BrokerLink : IDisposable
{
    private readonly Uri _broker;
    private readonly int _port;
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _open = [];
    private TcpListener? _listener;

    public BrokerLink(string connectionString, bool cut = false)
    {
        _broker = new(connectionString);
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        ConnectionString = new UriBuilder(_broker) { Host = "127.0.0.1", Port = _port }.Uri.ToString();
        if (!cut)
        {
            Restore();
        }
    }

    public string ConnectionString { get; }

    public void Restore()
    {
        var listener = _listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();
        _ = AcceptAsync(listener);
    }

    public void Cut()
    {
        _listener?.Stop();
        lock (_lock)
        {
            _open.ForEach(client => client.Dispose());
            _open.Clear();
        }
    }

    public void Dispose() => Cut();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = Opened(await listener.AcceptTcpClientAsync());
                var server = Opened(new TcpClient());
                await server.ConnectAsync(_broker.Host, _broker.Port);
                _ = CopyAsync(client, server);
                _ = CopyAsync(server, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            listener.Stop(); // cut
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            from.Dispose(); // cut
        }
        to.Dispose();
    }

    private TcpClient Opened(TcpClient client)
    {
        lock (_lock)
        {
            _open.Add(client);
            return client;
        }
    }
}
