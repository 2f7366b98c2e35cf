using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Aspire.Tests.Servers;
using ModelOps.Testing;
using Npgsql;

namespace ModelOps.Aspire.Tests.Processes;

/// <summary>Kill -9 of the host: nothing may run five seconds later, and the data must be there at the next start.</summary>
public sealed class KilledHostTests
{
    [Fact]
    public async Task Stubborn_processes_daemons_and_new_ones_are_gone()
    {
        using var folder = new ScratchFolder();
        using var host = await HostProcess.StartReadyAsync(folder.Path, port: 0, "children");
        await Poll.UntilAsync("the children have children", () => host.Running().Count > 8);

        await host.KillAsync();
    }

    [Fact]
    public async Task A_killed_guard_is_replaced_and_its_successor_knows_everything()
    {
        using var folder = new ScratchFolder();
        using var host = await HostProcess.StartReadyAsync(folder.Path, port: 0, "children");
        Signals.SendToProcess(host.GuardId, Signals.Kill);
        await Poll.UntilAsync("another guard runs", () => Guards(host).Any(id => id != host.GuardId));

        await host.KillAsync();
    }

    [Fact]
    public async Task A_killed_dotnet_run_ends_the_host_and_everything_it_started()
    {
        using var folder = new ScratchFolder();
        using var host = await HostProcess.StartReadyByDotnetRunAsync(folder.Path, port: 0, "children");
        Assert.Contains(host.Running(), line => line.Contains("dotnet run", StringComparison.Ordinal));

        await host.KillAsync();
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    [InlineData("bus")]
    public async Task A_server_is_gone_and_comes_back_with_what_it_had(string what)
    {
        await using var next = await ServerHost.StartAsync();
        using var host = await HostProcess.StartReadyAsync(next.Folder.Path, next.Port, what);
        await SampleData.WriteAsync(what, next.Options(what));

        await host.KillAsync();

        await RunningServer.StartAsync(HostProgram.Server(what, next.Options(what)), next.Supervisor);
        await SampleData.IsThereAsync(what, next.Options(what));
    }

    [Fact]
    public async Task Database_connections_that_wait_and_that_compute_are_ended()
    {
        using var folder = new ScratchFolder();
        var port = Ports.TakeFree();
        using var host = await HostProcess.StartReadyAsync(folder.Path, port, "postgres");
        await using var supervisor = await ProcessSupervisor.StartAsync(TimeProvider.System, NullLoggerFactory.Instance, default);
        var options = ServerHost.Options("postgres", folder.Path, port, supervisor);
        var waiting = SampleData.PostgresAsync(options, "SELECT pg_sleep(600)");
        var computing = SampleData.PostgresAsync(options, "SELECT count(*) FROM generate_series(1, 1000000000) a");
        await Poll.UntilAsync("two queries run", () => host.Running().Count(line => line.Contains(" SELECT", StringComparison.Ordinal)) == 2);

        await host.KillAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => waiting);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => computing);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(400)]
    [InlineData(900)]
    public async Task A_database_cluster_that_was_not_finished_is_made_again(int milliseconds)
    {
        await using var next = await ServerHost.StartAsync();
        using var host = await HostProcess.StartAsync(next.Folder.Path, next.Port, "postgres");
        var started = TimeProvider.System.GetTimestamp();
        await Poll.UntilAsync("some time has passed", () => TimeProvider.System.GetElapsedTime(started).TotalMilliseconds >= milliseconds);

        await host.KillAsync();

        await RunningServer.StartAsync(HostProgram.Server("postgres", next.Options("postgres")), next.Supervisor);
    }

    private static IEnumerable<int> Guards(HostProcess host) =>
        ProcessTable.Mentioning("supervisor.sh").Select(line => int.Parse(line[..line.IndexOf(' ')])).Where(id => ProcessTable.ParentOf(id) == host.Id);
}
