using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Processes;
using ModelOps.Aspire.Tests.Processes;

namespace ModelOps.Aspire.Tests.Servers;

/// <summary>What all three servers promise.</summary>
public sealed class EveryServerTests
{
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    [InlineData("bus")]
    public async Task Data_survive_a_crash_and_a_lost_password(string what)
    {
        await using var host = await ServerHost.StartAsync();
        var options = host.Options(what);
        var server = HostProgram.Server(what, options);
        var first = await RunningServer.StartAsync(server, host.Supervisor);
        await SampleData.WriteAsync(what, options);
        Signals.SendToGroup(first.Processes[^1].Id, Signals.Kill);
        await first.Processes[^1].Exited;
        await first.StopAsync();

        var changed = options with { Password = "it's \"new\" $do$ \\ {x} #%" };
        await RunningServer.StartAsync(HostProgram.Server(what, changed), host.Supervisor);

        await SampleData.IsThereAsync(what, changed);
        Assert.NotNull(await server.CheckAsync(default));
        Assert.NotNull(await HostProgram.Server(what, options with { UserName = "guest", Password = "guest" }).CheckAsync(default));
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    [InlineData("bus")]
    public async Task A_server_listens_on_loopback_only_shows_no_password_and_shares_its_folder_with_no_other(string what)
    {
        await using var host = await ServerHost.StartAsync();
        await RunningServer.StartAsync(HostProgram.Server(what, host.Options(what)), host.Supervisor);

        var second = HostProgram.Server(what, host.Options(what) with { Port = Ports.TakeFree(), Clock = new HastyClock() });
        var error = await Assert.ThrowsAsync<CannotStartException>(() => second.PrepareAsync(default));

        Assert.EndsWith("is the application running already?", error.Message, StringComparison.Ordinal);
        var ids = ProcessTable.Mentioning(host.Folder.Path).Select(line => line[..line.IndexOf(' ')]).ToList();
        Assert.All(ListeningAddresses(ids), address => Assert.True(IPAddress.IsLoopback(address), address.ToString()));
        Assert.Contains(IPAddress.Loopback, ListeningAddresses(ids));
        Assert.All(ids, id => Assert.DoesNotContain(host.Options(what).Password, File.ReadAllText($"/proc/{id}/cmdline"), StringComparison.Ordinal));
        Assert.All(ids, id => Assert.DoesNotContain(host.Options(what).Password, File.ReadAllText($"/proc/{id}/environ"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("postgres", "PostgreSQL (postgres, initdb) is missing: install the Debian package postgresql")]
    [InlineData("redis", "redis-server is missing: install the Debian package redis-server")]
    [InlineData("bus", "rabbitmq-server is missing: install the Debian package rabbitmq-server")]
    public async Task A_missing_server_is_named_with_its_package(string what, string message)
    {
        await using var host = await ServerHost.StartAsync();
        var server = HostProgram.Server(what, host.Options(what) with { BinaryFolder = host.Folder.Path });

        var error = await Assert.ThrowsAsync<CannotStartException>(() => server.PrepareAsync(default));

        Assert.Equal(message, server.Missing);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    [InlineData("bus")]
    public async Task A_taken_port_is_named(string what)
    {
        await using var host = await ServerHost.StartAsync();
        using var other = new TcpListener(IPAddress.Loopback, host.Port);
        other.Start();

        var error = await Assert.ThrowsAsync<CannotStartException>(() => HostProgram.Server(what, host.Options(what)).PrepareAsync(default));

        Assert.Equal($"port {host.Port} is taken by process {Environment.ProcessId} (dotnet)", error.Message);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    [InlineData("bus")]
    public async Task A_data_folder_that_cannot_be_used_is_named(string what)
    {
        await using var host = await ServerHost.StartAsync();
        await File.WriteAllTextAsync(host.Folder.At(".modelops"), "a file where the folder should be");

        var error = await Assert.ThrowsAsync<CannotStartException>(() => HostProgram.Server(what, host.Options(what)).PrepareAsync(default));

        Assert.Contains(host.Folder.At(".modelops"), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("a\nb", "x", "the user name must have at least one character and no control characters")]
    [InlineData("a", "x\n", "the password must have at least one character and no control characters")]
    [InlineData("a", "", "the password must have at least one character and no control characters")]
    public async Task Credentials_that_would_break_a_configuration_file_are_refused(string userName, string password, string message)
    {
        await using var host = await ServerHost.StartAsync();
        var server = HostProgram.Server("redis", host.Options("redis") with { UserName = userName, Password = password });

        var error = await Assert.ThrowsAsync<CannotStartException>(() => server.PrepareAsync(default));

        Assert.Equal(message, error.Message);
    }

    /// <summary>The addresses on which processes listen, found by the sockets they hold open.</summary>
    private static List<IPAddress> ListeningAddresses(IReadOnlyList<string> processIds)
    {
        var inodes = processIds
            .SelectMany(id => Directory.GetFiles($"/proc/{id}/fd"))
            .Select(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name ?? "")
            .Where(name => name.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(name => name[8..^1])
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. SocketTables.SelectMany(File.ReadLines)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields[3] == "0A" && inodes.Contains(fields[9]))
                .Select(fields => Address(fields[1].Split(':')[0])),
        ];
    }

    /// <summary>The kernel writes each 32-bit word of an address in the machine's byte order.</summary>
    private static IPAddress Address(string hex) =>
        new([.. Convert.FromHexString(hex).Chunk(4).SelectMany(word => word.Reverse())]);

    /// <summary>A thousand times as fast as the world.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override long TimestampFrequency => System.TimestampFrequency / 1000;
    }
}
