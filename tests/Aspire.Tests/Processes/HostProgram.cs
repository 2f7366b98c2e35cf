using System.Globalization;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Aspire.Tests.Servers;

namespace ModelOps.Aspire.Tests.Processes;

/// <summary>
/// A host in a process of its own, for the tests that kill it: starts what it is told, says so, and waits.
/// Usage: FOLDER PORT children|postgres|redis|bus. Its first line is the guard's process id, its second is "ready".
/// </summary>
internal static class HostProgram
{
    // A plain process; one that ignores the polite signals; a daemon that left group, session and parent; one that keeps starting others.
    private static readonly string[] Children =
    [
        "sleep 600",
        "trap '' TERM INT QUIT; while :; do sleep 600; done",
        "setsid sh -c 'trap \"\" TERM; sleep 600' & exec sleep 600",
        "while :; do setsid sleep 600 & sleep 0.2; done",
    ];

    public static async Task<int> Main(string[] arguments)
    {
        var (folder, port, what) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture), arguments[2]);
        await using var supervisor = await ProcessSupervisor.StartAsync(TimeProvider.System, NullLoggerFactory.Instance, default);
        await SayAsync(supervisor.GuardId.ToString(CultureInfo.InvariantCulture));

        if (what == "children")
        {
            foreach (var script in Children)
            {
                var spec = new ProcessSpec { Name = "child", FileName = "sh", Arguments = ["-c", script], WorkingDirectory = folder };
                await supervisor.StartAsync(spec, _ => { }, default);
            }
        }
        else
        {
            await RunningServer.StartAsync(Server(what, ServerHost.Options(what, folder, port, supervisor)), supervisor);
        }
        await SayAsync("ready");
        await new TaskCompletionSource().Task; // until it is killed
        return 0;
    }

    public static NativeServer Server(string what, ServerOptions options) => what switch
    {
        "postgres" => new PostgresServer(options),
        "redis" => new RedisServer(options),
        "bus" => new RabbitMqServer(options),
        _ => throw new ArgumentException($"no server {what}", nameof(what)),
    };

    private static async Task SayAsync(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.Out.FlushAsync();
    }
}
