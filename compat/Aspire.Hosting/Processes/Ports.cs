using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Processes;

/// <summary>Free TCP ports on loopback.</summary>
internal static class Ports
{
    private const int Lowest = 20_000;
    private const int Attempts = 1_000;

    private static readonly HashSet<int> HandedOut = [];
    private static readonly int Highest = BelowEphemeral();

    /// <summary>
    /// A port nobody listens on and that this process has not handed out before. It lies below the range from which the
    /// kernel serves outgoing connections, else one of those could take it before the server that it is for.
    /// </summary>
    public static int TakeFree()
    {
        lock (HandedOut)
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
                if (!HandedOut.Contains(port) && IsFree(port))
                {
                    HandedOut.Add(port);
                    return port;
                }
            }
        }
        throw new CannotStartException($"no free TCP port between {Lowest} and {Highest}");
    }

    /// <summary>Whether a server could listen on this port of every loopback address.</summary>
    public static bool IsFree(int port) =>
        CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    /// <summary>Says in one line who listens on a port.</summary>
    public static string Taken(int port) => $"port {port} is taken by {PortOwner.Find(port) ?? "another process"}";

    private static bool CanBind(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            return true; // this machine has no such address, so nothing is in the way there
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int BelowEphemeral()
    {
        const string range = "/proc/sys/net/ipv4/ip_local_port_range";
        var first = File.Exists(range)
            && int.TryParse(File.ReadAllText(range).Split('\t', ' ')[0], out var low) ? low : 32_768;
        return first > Lowest + Attempts ? first : 65_535;
    }
}
