using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>
/// Waits for a broker that is away. MassTransit pauses for up to half a minute between two attempts to connect; asked to make
/// one only when the broker's port answers, it is back within a second.
/// </summary>
internal sealed class BrokerReach(IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    // Then the attempt is made all the same, so that its failure is in the log.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public async Task WaitAsync(ConnectionFactory factory)
    {
        var stopping = lifetime.ApplicationStopping;
        var since = time.GetTimestamp();
        while (!await AnswersAsync(factory, stopping) && !stopping.IsCancellationRequested && time.GetElapsedTime(since) < Longest)
        {
            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> AnswersAsync(ConnectionFactory factory, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(factory.HostName, factory.Endpoint.Port, either.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
