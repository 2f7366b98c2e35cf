using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting.Processes;
using ModelOps.Aspire.Tests.Processes;
using ModelOps.Testing;

namespace ModelOps.Aspire.Tests.Orchestration;

/// <summary>An application as a developer runs it: a process of its own, whose output is a file.</summary>
public sealed class RunModeTests
{
    [Fact]
    public async Task An_application_tells_what_it_does_stops_in_order_and_keeps_its_secrets()
    {
        using var scratch = new ScratchFolder();

        var first = await RunAsync(scratch.Path);
        var secrets = await SecretsAsync(scratch.Path);
        await RunAsync(scratch.Path);

        Assert.Equal(secrets, await SecretsAsync(scratch.Path));
        Assert.Contains("Parameters:echo-key", secrets.Keys);
        Assert.Contains("Parameters:cache-password", secrets.Keys);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(scratch.Path, "secrets.json")));
        }

        Assert.Contains(first, line => line.Contains("Login to the dashboard at http://localhost:", StringComparison.Ordinal));
        Assert.Contains(first, line => line.Contains("cache", StringComparison.Ordinal) && line.Contains(" | ", StringComparison.Ordinal));
        Assert.DoesNotContain(first, line => line.Contains('\e'));
        Assert.True(Index(first, "apphost   | echo-1: Exited") < Index(first, "apphost   | cache: Exited"));
        Assert.False(File.Exists(Path.Combine(scratch.Path, "dashboard.url")));
    }

    private static int Index(IReadOnlyList<string> lines, string text)
    {
        var index = lines.Select(line => line.Contains(text, StringComparison.Ordinal)).ToList().IndexOf(true);
        return index >= 0 ? index : throw new InvalidOperationException($"no line has '{text}'");
    }

    /// <summary>Starts the application, asks it to stop when everything is healthy, and hands back what it wrote.</summary>
    private static async Task<IReadOnlyList<string>> RunAsync(string store)
    {
        var lines = new List<string>();
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "ModelOps.TestApps.Host.dll") },
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment =
            {
                ["Aspire__Store__Path"] = store,
                ["DcpPublisher__RandomizePorts"] = "true",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            },
        };
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => { lock (lines) { lines.Add(line.Data ?? ""); } };
        process.BeginOutputReadLine();
        try
        {
            await Poll.UntilAsync("both replicas are healthy", () =>
            {
                lock (lines)
                {
                    return lines.Count(line => line.Contains(": Running http://", StringComparison.Ordinal)) == 2;
                }
            });
            Signals.SendToProcess(process.Id, Signals.Terminate);
            await process.WaitForExitAsync().WaitAsync(TestApplication.Limit);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        lock (lines)
        {
            return [.. lines];
        }
    }

    private static async Task<Dictionary<string, string>> SecretsAsync(string store)
    {
        await using var file = File.OpenRead(Path.Combine(store, "secrets.json"));
        return (await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(file))!;
    }
}
