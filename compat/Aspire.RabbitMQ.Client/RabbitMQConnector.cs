using System.Diagnostics;
using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Aspire.RabbitMQ.Client;

/// <summary>Opens the shared connection, trying again with growing pauses while the broker does not answer.</summary>
internal sealed class RabbitMQConnector(RabbitMQClientSettings settings, TimeProvider time)
{
    private static readonly ActivitySource Source = new("Aspire.RabbitMQ.Client");
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    public async Task<IConnection> ConnectAsync(IConnectionFactory factory)
    {
        using var activity = Start("rabbitmq connect");
        for (var attempt = 0; ; attempt++)
        {
            using var attemptActivity = Start("rabbitmq connect attempt");
            try
            {
                return await factory.CreateConnectionAsync();
            }
            catch (Exception e) when (e is BrokerUnreachableException or SocketException)
            {
                attemptActivity?.AddException(e);
                attemptActivity?.SetStatus(ActivityStatusCode.Error);
                if (attempt >= settings.MaxConnectRetryCount)
                {
                    activity?.SetStatus(ActivityStatusCode.Error);
                    throw;
                }
            }
            await Task.Delay(FirstPause * Math.Pow(2, attempt), time);
        }
    }

    private Activity? Start(string name)
    {
        var activity = settings.DisableTracing ? null : Source.StartActivity(name, ActivityKind.Client);
        activity?.SetTag("messaging.system", "rabbitmq");
        return activity;
    }
}
