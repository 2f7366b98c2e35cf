using System.Collections.Concurrent;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Processes;

public sealed class ProcessSupervisorTests
{
    private readonly ConcurrentQueue<OutputLine> _output = new();

    [Fact]
    public async Task Lines_of_both_streams_arrive_before_the_exit_code()
    {
        await using var supervisor = await StartAsync();

        var process = await supervisor.StartAsync(Shell("echo one; echo two >&2; printf three; exit 7"), _output.Enqueue, default);

        Assert.Equal(7, await process.Exited);
        Assert.Equal([new("one", false), new("three", false)], _output.Where(line => !line.IsError));
        Assert.Equal([new("two", true)], _output.Where(line => line.IsError));
    }

    [Fact]
    public async Task Huge_output_on_both_streams_neither_blocks_nor_grows()
    {
        await using var supervisor = await StartAsync();
        long characters = 0;
        var longest = 0;

        var process = await supervisor.StartAsync(
            Shell("head -c 20000000 /dev/zero | tr '\\0' x & head -c 20000000 /dev/urandom >&2; wait"),
            line =>
            {
                Interlocked.Add(ref characters, line.IsError ? 0 : line.Text.Length);
                longest = Math.Max(longest, line.Text.Length);
            },
            default);

        Assert.Equal(0, await process.Exited.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(20_000_000, characters);
        Assert.InRange(longest, 1, 8_192);
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_stop_the_process()
    {
        await using var supervisor = await StartAsync();

        var process = await supervisor.StartAsync(Shell("seq 1 100000"), _ => throw new InvalidOperationException("broken"), default);

        Assert.Equal(0, await process.Exited.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Standard_input_is_empty_and_there_is_no_terminal()
    {
        await using var supervisor = await StartAsync();

        var process = await supervisor.StartAsync(Shell("cat; ps -o tty= -p $$; ps -o pid=,pgid=,sid= -p $$"), _output.Enqueue, default);
        await process.Exited;

        Assert.Equal("?", _output.First().Text.Trim());
        Assert.Equal(
            [$"{process.Id}", $"{process.Id}", $"{process.Id}"],
            _output.Last().Text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_polite_stop_reaches_the_whole_group()
    {
        await using var supervisor = await StartAsync();
        var process = await supervisor.StartAsync(
            Shell("trap 'echo stopped; exit 3' TERM; sh -c 'trap \"echo child; exit\" TERM; echo ready; while :; do sleep 0.05; done' & wait"),
            _output.Enqueue,
            default);
        await Poll.UntilAsync("ready", () => _output.Any(line => line.Text == "ready"));

        await process.StopAsync(default);

        Assert.Equal(3, await process.Exited);
        Assert.Contains(_output, line => line.Text == "stopped");
    }

    [Fact]
    public async Task What_ignores_the_polite_stop_is_killed()
    {
        await using var supervisor = await StartAsync();
        var spec = Shell("trap '' TERM; echo ready; while :; do sleep 1; done") with { StopTimeout = TimeSpan.FromMilliseconds(200) };
        var process = await supervisor.StartAsync(spec, _output.Enqueue, default);
        await Poll.UntilAsync("ready", () => !_output.IsEmpty);

        await process.StopAsync(default);

        Assert.Equal(128 + Signals.Kill, await process.Exited);
    }

    [Fact]
    public async Task Lost_patience_kills_at_once()
    {
        await using var supervisor = await StartAsync();
        var process = await supervisor.StartAsync(Shell("trap '' TERM; echo ready; while :; do sleep 1; done"), _output.Enqueue, default);
        await Poll.UntilAsync("ready", () => !_output.IsEmpty);

        await process.StopAsync(new CancellationToken(canceled: true)).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(128 + Signals.Kill, await process.Exited);
    }

    [Fact]
    public async Task A_process_that_ends_takes_its_group_with_it()
    {
        using var folder = new ScratchFolder();
        await using var supervisor = await StartAsync();
        var spec = Shell("sleep 600 & sleep 600 & exit 1") with { WorkingDirectory = folder.Path };

        var process = await supervisor.StartAsync(spec, _output.Enqueue, default);

        Assert.Equal(1, await process.Exited);
        await Poll.UntilAsync("the group is gone", () => ProcessTable.Mentioning(folder.Path).Count == 0);
    }

    [Fact]
    public async Task The_end_of_the_supervisor_finds_daemons_and_the_folder_of_a_server()
    {
        using var folder = new ScratchFolder();
        var supervisor = await StartAsync();
        // The shell stays until both have left its group: what is still in it when it ends dies with it.
        var daemons = Shell(
            "setsid -f sh -c 'touch one; exec sleep 600'; env -i setsid -f sh -c 'touch two; exec sleep 600'; until [ -e one ] && [ -e two ]; do sleep 0.01; done")
            with
        { WorkingDirectory = folder.Path, OwnFolder = folder.Path };
        var process = await supervisor.StartAsync(daemons, _output.Enqueue, default);
        await process.Exited;
        Assert.Equal(2, ProcessTable.Mentioning(folder.Path).Count);

        await supervisor.DisposeAsync();

        Assert.Empty(ProcessTable.Mentioning(folder.Path));
    }

    [Fact]
    public async Task Processes_started_after_the_guard_was_killed_are_guarded_too()
    {
        using var folder = new ScratchFolder();
        var supervisor = await StartAsync();
        var first = supervisor.GuardId;
        Signals.SendToProcess(first, Signals.Kill);
        await supervisor.StartAsync(Shell("sleep 600") with { WorkingDirectory = folder.Path }, _output.Enqueue, default);
        await Poll.UntilAsync("another guard runs", () => supervisor.GuardId != first && ProcessTable.Exists(supervisor.GuardId));

        await supervisor.DisposeAsync();

        Assert.Empty(ProcessTable.Mentioning(folder.Path));
    }

    [Theory]
    [InlineData("no-such-program", "/", "there is no program no-such-program")]
    [InlineData("/etc/passwd", "/", "there is no program /etc/passwd")]
    [InlineData("sh", "/no/such/folder", "there is no folder /no/such/folder")]
    public async Task What_cannot_start_says_why_in_one_line(string program, string folder, string message)
    {
        await using var supervisor = await StartAsync();
        var spec = new ProcessSpec { Name = "p", FileName = program, WorkingDirectory = folder };

        var error = await Assert.ThrowsAsync<CannotStartException>(() => supervisor.StartAsync(spec, _output.Enqueue, default));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("dotnet run --project AppHost", true)]
    [InlineData("/usr/share/dotnet/dotnet run", true)]
    [InlineData("dotnet -d run", true)]
    [InlineData("dotnet watch", true)]
    [InlineData("dotnet /sdk/DotnetTools/dotnet-watch/dotnet-watch.dll", true)]
    [InlineData("dotnet test", false)]
    [InlineData("dotnet", false)]
    [InlineData("bash run", false)]
    [InlineData("dotnet AppHost.dll --name a run", false)]
    public void Only_a_dotnet_run_is_followed(string commandLine, bool followed)
    {
        Assert.Equal(followed, ParentProcess.IsDotnetRun(commandLine.Split(' ')));
    }

    private static Task<ProcessSupervisor> StartAsync() =>
        ProcessSupervisor.StartAsync(TimeProvider.System, NullLoggerFactory.Instance, default);

    private static ProcessSpec Shell(string script) =>
        new() { Name = "shell", FileName = "sh", Arguments = ["-c", script], WorkingDirectory = "/" };
}
