using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Opens the connection when the application starts, so that no request has to wait for it.</summary>
internal sealed class RedisActivation(Func<IConnectionMultiplexer> connection) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(connection, cancellationToken).WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
