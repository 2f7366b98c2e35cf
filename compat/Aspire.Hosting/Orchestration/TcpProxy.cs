using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>The endpoint of several replicas: connections go to one after the other, past those that do not answer.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int Backlog = 512;
    private const int MaxConnections = 4096;

    private readonly string _name;
    private readonly IReadOnlyList<int> _targets;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _connections = new(MaxConnections, MaxConnections);
    private readonly List<Socket> _listeners;
    private readonly Task _accepting;
    private int _next = -1;

    private TcpProxy(string name, List<Socket> listeners, IReadOnlyList<int> targets, ILogger logger)
    {
        _name = name;
        _listeners = listeners;
        _targets = targets;
        _logger = logger;
        _accepting = Task.WhenAll(listeners.Select(AcceptAsync));
    }

    /// <exception cref="CannotStartException">The port is taken.</exception>
    public static TcpProxy Start(string name, int port, IReadOnlyList<int> targets, ILogger logger)
    {
        var listeners = new List<Socket>();
        try
        {
            listeners.Add(Listen(IPAddress.Loopback, port));
            if (Socket.OSSupportsIPv6)
            {
                listeners.Add(Listen(IPAddress.IPv6Loopback, port));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable && listeners.Count == 1)
        {
            // No IPv6 loopback on this machine: IPv4 is all there is.
            return new(name, listeners, targets, logger);
        }
        catch (SocketException e)
        {
            listeners.ForEach(listener => listener.Dispose());
            throw new CannotStartException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse ? Ports.Taken(port) : $"port {port} cannot be used: {e.Message}", e);
        }

        return new(name, listeners, targets, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listeners.ForEach(listener => listener.Dispose());
        await _accepting.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                await _connections.WaitAsync(_stopping.Token).ConfigureAwait(false);
                var client = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException && _stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using (client)
            using (var server = await ConnectAsync().ConfigureAwait(false))
            {
                client.NoDelay = server.NoDelay = true;
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            if (!_stopping.IsCancellationRequested)
            {
                OrchestrationLog.ProxyConnectionEnded(_logger, _name, e.Message);
            }
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        SocketException? last = null;
        for (var tries = 0; tries < _targets.Count; tries++)
        {
            var target = _targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)_targets.Count)];
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(KnownLocalhost, target, _stopping.Token).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    private const string KnownLocalhost = ApplicationModel.KnownHostNames.Localhost;

    /// <summary>Copies until the sender has said all, and then says so to the receiver; what goes the other way is not cut off.</summary>
    private async Task CopyAsync(Socket from, Socket to)
    {
        await using var source = new NetworkStream(from, ownsSocket: false);
        await using var target = new NetworkStream(to, ownsSocket: false);
        try
        {
            await source.CopyToAsync(target, _stopping.Token).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // One side broke off: so does the other, at once.
            from.Close(0);
            to.Close(0);
            throw;
        }
    }
}
