using System.Diagnostics;
using System.Globalization;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Processes;

/// <summary>A host that can be killed, in a folder by which everything it started is found again.</summary>
internal sealed class HostProcess : IDisposable
{
    /// <summary>What issue 2 allows between the death of the host and the death of everything else.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _folder;

    private HostProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public int Id => _process.Id;

    public int GuardId { get; private set; }

    /// <summary>Starts the host and waits until it has said its guard's id.</summary>
    public static Task<HostProcess> StartAsync(string folder, int port, string what) =>
        StartAsync([typeof(HostProgram).Assembly.Location], folder, port, what);

    /// <summary>The same, below a <c>dotnet run</c>, which is then what gets killed.</summary>
    public static async Task<HostProcess> StartReadyByDotnetRunAsync(string folder, int port, string what)
    {
        var configuration = Directory.GetParent(AppContext.BaseDirectory)!.Parent!;
        var host = await StartAsync(
            ["run", "--project", configuration.Parent!.Parent!.FullName, "--configuration", configuration.Name, "--no-build", "--"], folder, port, what);
        Assert.Equal("ready", await host.ReadLineAsync());
        return host;
    }

    private static async Task<HostProcess> StartAsync(IReadOnlyList<string> command, string folder, int port, string what)
    {
        var start = new ProcessStartInfo("dotnet", [.. command, folder, port.ToString(CultureInfo.InvariantCulture), what])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var host = new HostProcess(Process.Start(start)!, folder);
        host.GuardId = int.Parse(await host.ReadLineAsync(), CultureInfo.InvariantCulture);
        return host;
    }

    public static async Task<HostProcess> StartReadyAsync(string folder, int port, string what)
    {
        var host = await StartAsync(folder, port, what);
        Assert.Equal("ready", await host.ReadLineAsync());
        return host;
    }

    /// <summary>What the host started and what still runs, the guard and the host included.</summary>
    public IReadOnlyList<string> Running() => ProcessTable.Mentioning(_folder, GuardId);

    /// <summary>SIGKILL, and the proof that nothing is left in time.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);

        await NothingIsLeftAsync();
    }

    public async Task NothingIsLeftAsync()
    {
        try
        {
            await Poll.UntilAsync("nothing is left", () => Running().Count == 0, Limit);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"still running:\n{string.Join('\n', Running())}", e);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: false);
        }
        _process.Dispose();
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3))
        ?? throw new InvalidOperationException("the host ended");
}
