using System.Diagnostics;
using System.Net.Http.Headers;
using ModelOps.Contracts.Gateway.V1;
using ModelOps.Testing;

namespace ModelOps.Inference.Tests.Support;

/// <summary>The service as a process of its own, which a test can kill.</summary>
internal sealed class InferenceProcess : IAsyncDisposable
{
    private readonly Process _process;

    private InferenceProcess(Process process)
    {
        _process = process;
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", InferenceApp.Key);
    }

    public HttpClient Http { get; } = new();

    /// <summary>Starts it and waits until it holds a version.</summary>
    public static async Task<InferenceProcess> StartAsync(Peers peers, string model, long version, params (string Key, string Value)[] settings)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "ModelOps.Inference.dll")]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)
            [("Kestrel:Endpoints:http:Url", "http://127.0.0.1:0"), ("Kestrel:Endpoints:grpc:Url", "http://127.0.0.1:0"), ("Services:Key", InferenceApp.Key),
                ("Registry:Address", peers.Address), ("Gateway:Address", peers.Address), ("FeatureStore:Address", peers.Address), .. settings])
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        var seen = peers.Reports.Select(report => report.InstanceId).ToHashSet();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var started = new InferenceProcess(process);
        try
        {
            await Poll.UntilAsync(
                "the process is ready", () => Holds(peers.Reports.Last(report => !seen.Contains(report.InstanceId)), model, version), TimeSpan.FromSeconds(60), CancellationToken.None);
        }
        catch (TimeoutException)
        {
            await started.DisposeAsync();
            throw;
        }
        started.Http.BaseAddress = new Uri(peers.Reports.Last(report => !seen.Contains(report.InstanceId)).HttpAddress);
        return started;
    }

    /// <summary>SIGKILL: nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    private static bool Holds(ReplicaReport report, string model, long version) =>
        report.Versions.Any(one => one.Model == model && one.Version == version && one.State == LoadState.Ready);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        Http.Dispose();
    }
}
