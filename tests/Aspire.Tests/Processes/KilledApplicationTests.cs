using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting.Processes;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Processes;

/// <summary>Kill -9 of a whole application, started as a developer starts it: services, all three servers and epmd.</summary>
public sealed class KilledApplicationTests
{
    private static readonly string[] Resources = ["bus", "cache", "db", "echo-1", "echo-2"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("dotnet run")]
    [InlineData("the host")]
    public async Task Nothing_runs_five_seconds_later(string killed)
    {
        using var folder = new ScratchFolder();
        using var run = DotnetRun(folder.Path);
        await AllAreHealthyAsync(run);
        var host = ProcessTable.Mentioning(folder.Path).Select(IdOf).Single(id => ProcessTable.ParentOf(id) == run.Id);
        Assert.Contains(ProcessTable.Mentioning(folder.Path), line => line.Contains("/epmd ", StringComparison.Ordinal));

        Signals.SendToProcess(killed == "the host" ? host : run.Id, Signals.Kill);

        await Poll.UntilAsync("nothing runs", () => ProcessTable.Mentioning(folder.Path).Count == 0, HostProcess.Limit);
    }

    private static int IdOf(string line) => int.Parse(line[..line.IndexOf(' ')]);

    private static Process DotnetRun(string folder)
    {
        var configuration = Directory.GetParent(AppContext.BaseDirectory)!.Parent!;
        var project = Path.Combine(configuration.Parent!.Parent!.Parent!.FullName, "TestApps", "Host");
        var start = new ProcessStartInfo("dotnet", ["run", "--project", project, "--configuration", configuration.Name, "--no-build"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment =
            {
                ["Servers"] = "all",
                ["Aspire__Store__Path"] = Path.Combine(folder, ".modelops"),
                ["DcpPublisher__RandomizePorts"] = "true",
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Ports.TakeFree()}",
            },
        };
        return Process.Start(start)!;
    }

    private static async Task AllAreHealthyAsync(Process run)
    {
        var output = new ConcurrentQueue<string>();
        run.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        run.BeginOutputReadLine();
        try
        {
            await Poll.UntilAsync(
                "all resources are healthy",
                () => Resources.All(name => output.Any(line => line.Contains($"{name}: Running", StringComparison.Ordinal) && !line.Contains("not healthy", StringComparison.Ordinal))),
                Patience);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException(string.Join('\n', output), e);
        }
    }
}
