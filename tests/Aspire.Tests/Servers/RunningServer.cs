using System.Collections.Concurrent;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Servers;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Servers;

/// <summary>A server started the way the application host does.</summary>
internal sealed class RunningServer(NativeServer server, IReadOnlyList<SupervisedProcess> processes, ConcurrentQueue<string> output)
{
    // A broker needs 5 s on a machine of its own, and much more while a dozen compilers run beside it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public IReadOnlyList<SupervisedProcess> Processes => processes;

    public IEnumerable<string> Output => output;

    public static async Task<RunningServer> StartAsync(NativeServer server, ProcessSupervisor supervisor, CancellationToken ct = default)
    {
        var output = new ConcurrentQueue<string>();
        var processes = new List<SupervisedProcess>();
        foreach (var spec in await server.PrepareAsync(ct))
        {
            processes.Add(await supervisor.StartAsync(spec, line => output.Enqueue(line.Text), ct));
        }
        var running = new RunningServer(server, processes, output);
        await running.WaitUntilHealthyAsync(ct);
        return running;
    }

    public async Task WaitUntilHealthyAsync(CancellationToken ct = default)
    {
        var reason = "";
        try
        {
            await Poll.UntilAsync(
                "healthy",
                async token => (reason = await server.CheckAsync(token)) is null || processes.Any(process => process.Exited.IsCompleted),
                Patience,
                ct);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{reason}\n{string.Join('\n', output)}", e);
        }
        Assert.True(processes.All(process => !process.Exited.IsCompleted), string.Join('\n', output));
    }

    public async Task StopAsync(CancellationToken ct = default)
    {
        foreach (var process in processes.Reverse())
        {
            await process.StopAsync(ct);
        }
    }
}
