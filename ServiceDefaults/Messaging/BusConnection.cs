using Microsoft.Extensions.Configuration;
using ModelOps.ServiceDefaults.Hosting;
using RabbitMQ.Client;

namespace ModelOps.ServiceDefaults.Messaging;

/// <summary>Where the broker is, as the connection string <c>amqp://user:password@host:port/vhost</c> says.</summary>
internal sealed class BusConnection(IConfiguration configuration, string connectionName)
{
    /// <exception cref="StartupException">There is no connection string, or it is no AMQP address.</exception>
    public ConnectionFactory CreateFactory()
    {
        if (configuration.GetConnectionString(connectionName) is not { Length: > 0 } text)
        {
            throw new StartupException($"ConnectionStrings:{connectionName}: must be set: the address of the broker, amqp://user:password@host:port");
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("amqp" or "amqps"))
        {
            throw new StartupException($"ConnectionStrings:{connectionName}: must be an address of the form amqp://user:password@host:port");
        }
        return new ConnectionFactory { Uri = address };
    }
}
