using System.CommandLine;
using System.Diagnostics;
using System.Net;
using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Grpc;

/// <summary>The servers, in a process of their own so that each side's work and memory is its own. It ends with its standard input.</summary>
internal sealed class EchoProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    private readonly Process _process;

    private EchoProcess(Process process, Uri grpcAddress, Uri bareAddress) => (_process, GrpcAddress, BareAddress) = (process, grpcAddress, bareAddress);

    public Uri GrpcAddress { get; }

    public Uri BareAddress { get; }

    public static async Task<EchoProcess> StartAsync(CancellationToken ct)
    {
        var self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(EchoProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(self, [.. program, "grpc", "serve"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var grpc = await process.StandardOutput.ReadLineAsync(ct);
        var bare = await process.StandardOutput.ReadLineAsync(ct);
        return grpc is null || bare is null
            ? throw new InvalidOperationException("the server process ended before it listened")
            : new EchoProcess(process, new Uri(grpc), new Uri(bare));
    }

    public async Task<Usage> UsageAsync(CancellationToken ct) => await Http.GetFromJsonAsync<Usage>(new Uri(BareAddress, EchoServers.UsagePath), ct);

    public static Command ServeCommand()
    {
        var command = new Command("serve", "Runs the servers until standard input ends.") { Hidden = true };
        command.SetAction(async (parsed, ct) =>
        {
            await using var servers = await EchoServers.StartAsync(ct);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{servers.GrpcAddress}\n{servers.BareAddress}");
            await parsed.InvocationConfiguration.Output.FlushAsync(ct);
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(Stream.Null, ct);
        });
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
