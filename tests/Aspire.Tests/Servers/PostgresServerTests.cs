using Aspire.Hosting.Processes;
using Aspire.Hosting.Servers;

namespace ModelOps.Aspire.Tests.Servers;

public sealed class PostgresServerTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task Databases_are_created_once_whatever_their_names()
    {
        await using var host = await ServerHost.StartAsync();
        var server = new PostgresServer(host.Options("postgres"));
        await RunningServer.StartAsync(server, host.Supervisor);
        const string name = "registry's \"db\"; DROP DATABASE x";

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.CreateDatabaseAsync(name, default)));
        await server.CreateDatabaseAsync(name, default);

        Assert.Equal("1", await SampleData.PostgresAsync(host.Options("postgres"), $"SELECT count(*) FROM pg_database WHERE datname LIKE 'registry%'"));
    }

    [Fact]
    public async Task Data_are_kept_elsewhere_when_the_clone_is_closed_to_the_server()
    {
        await using var host = await ServerHost.StartAsync();
        host.Folder.SetMode(OwnerOnly);
        var logger = new ListLogger();
        var options = host.Options("postgres") with { Logger = logger };

        var server = await RunningServer.StartAsync(new PostgresServer(options), host.Supervisor);

        if (Environment.IsPrivilegedProcess)
        {
            var said = Assert.Single(logger.Lines, line => line.Contains("is closed to the user", StringComparison.Ordinal));
            var elsewhere = said.Split(' ').Single(word => word.StartsWith("/var/lib/modelops/", StringComparison.Ordinal)).TrimEnd(',');
            Assert.True(Directory.Exists(Path.Combine(elsewhere, "data")));
            await server.StopAsync();
            Directory.Delete(elsewhere, recursive: true);
        }
        else
        {
            Assert.True(Directory.Exists(Path.Combine(options.DataRoot, "postgres", "data")));
        }
    }

    [Fact]
    public async Task Data_of_another_version_are_left_alone_and_named()
    {
        await using var host = await ServerHost.StartAsync();
        var data = Directory.CreateDirectory(host.Folder.At(".modelops/postgres/data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "PG_VERSION"), "9\n");

        var error = await Assert.ThrowsAsync<CannotStartException>(() => new PostgresServer(host.Options("postgres")).PrepareAsync(default));

        Assert.StartsWith($"the data in {data} are of PostgreSQL 9, installed is ", error.Message, StringComparison.Ordinal);
        Assert.Equal(["PG_VERSION"], Directory.GetFileSystemEntries(data).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_with_other_files_is_left_alone_and_named()
    {
        await using var host = await ServerHost.StartAsync();
        var data = Directory.CreateDirectory(host.Folder.At(".modelops/postgres/data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "thesis.txt"), "irreplaceable");

        var error = await Assert.ThrowsAsync<CannotStartException>(() => new PostgresServer(host.Options("postgres")).PrepareAsync(default));

        Assert.Equal($"{data} holds no PostgreSQL data: move the folder away", error.Message);
        Assert.True(File.Exists(Path.Combine(data, "thesis.txt")));
    }

    [Fact]
    public async Task A_stale_process_id_that_now_belongs_to_another_process_is_no_obstacle()
    {
        await using var host = await ServerHost.StartAsync();
        var server = new PostgresServer(host.Options("postgres"));
        var first = await RunningServer.StartAsync(server, host.Supervisor);
        await first.StopAsync();
        var stranger = await host.Supervisor.StartAsync(
            new() { Name = "stranger", FileName = "sleep", Arguments = ["600"], WorkingDirectory = "/", User = "postgres" }, _ => { }, default);
        await File.WriteAllTextAsync(host.Folder.At(".modelops/postgres/data/postmaster.pid"), $"{stranger.Id}\n/elsewhere\n");

        var second = await RunningServer.StartAsync(server, host.Supervisor);

        Assert.False(second.Processes[0].Exited.IsCompleted);
        Assert.False(stranger.Exited.IsCompleted);
    }
}
