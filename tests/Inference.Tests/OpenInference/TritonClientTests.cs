using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelOps.Inference.DesiredState;
using ModelOps.Inference.Tests.Support;

namespace ModelOps.Inference.Tests.OpenInference;

/// <summary>What Triton's clients send and read, on the wire, by runtimes that others wrote. Each script says which of its checks held.</summary>
[Collection(Serving.Name)]
public sealed class TritonClientTests(Serving serving)
{
    private const string Python = "/usr/bin/python3";
    private const string Packages = "Debian packages python3-grpcio and python3-protobuf";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public Task The_grpc_client_finds_all_that_it_needs() =>
        RunAsync("grpc_client.py", serving.App.Services.GetRequiredService<ReplicaEndpoints>().GrpcAddress, checks: 7);

    [Fact]
    public Task The_http_client_finds_all_that_it_needs() =>
        RunAsync("http_client.py", serving.App.Services.GetRequiredService<ReplicaEndpoints>().HttpAddress, checks: 7);

    private static async Task RunAsync(string script, string address, int checks)
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "python", script), new Uri(address).Authority, InferenceApp.Key])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["PYTHONDONTWRITEBYTECODE"], start.Environment["no_grpc_proxy"]) = ("1", "127.0.0.1");
        using var client = Process.Start(start)!;
        var said = client.StandardOutput.ReadToEndAsync();
        var complained = client.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await client.WaitForExitAsync(patience.Token);

        Assert.True(client.ExitCode == 0, $"{script}, which needs {Packages}, said: {await said}{await complained}");
        Assert.Equal(checks, (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
