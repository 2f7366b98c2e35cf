using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Xunit;

namespace ModelOps.Testing;

/// <summary>A RabbitMQ broker of its own for a collection of tests; starting it takes some seconds, so share it.</summary>
public sealed class RabbitMQFixture : IAsyncLifetime
{
    private const string Server = "bus";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private DistributedApplication? _app;

    /// <summary><c>amqp://user:password@host:port</c>.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddRabbitMQ(Server);
        _app = await builder.BuildAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(Server, limit.Token);
        ConnectionString = await _app.GetConnectionStringAsync(Server, limit.Token)
            ?? throw new InvalidOperationException("the broker has no connection string");
    }

    private DistributedApplication App => _app ?? throw new InvalidOperationException("the broker was not started");

    private async Task CommandAsync(string command)
    {
        var done = await App.ResourceCommands.ExecuteCommandAsync(Server, command);
        if (!done.Success)
        {
            throw new InvalidOperationException($"{command} failed: {done.ErrorMessage}");
        }
    }

    /// <summary>Kills the broker with SIGKILL and keeps it down.</summary>
    public async Task KillAsync()
    {
        if (!App.ResourceNotifications.TryGetCurrentState(Server, out var state))
        {
            throw new InvalidOperationException("the broker has no state");
        }
        var pid = state.Snapshot.Properties.First(property => property.Name == "pid").Value;
        using (var process = Process.GetProcessById(Convert.ToInt32(pid, CultureInfo.InvariantCulture)))
        {
            process.Kill();
        }
        await CommandAsync(KnownResourceCommands.StopCommand);
    }

    /// <summary>Starts the broker again, on the data it had.</summary>
    public async Task StartAgainAsync()
    {
        await CommandAsync(KnownResourceCommands.StartCommand);
        using var limit = new CancellationTokenSource(StartLimit);
        await App.ResourceNotifications.WaitForResourceHealthyAsync(Server, limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
