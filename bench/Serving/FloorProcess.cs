using System.Buffers;
using System.CommandLine;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving;

/// <summary>
/// Kestrel on h2c with nothing on it, in a process of its own: reads a request to its end and answers with bytes it was given, and
/// the trailer a gRPC answer has. It ends with its standard input.
/// </summary>
internal sealed class FloorProcess : IAsyncDisposable
{
    private readonly Process _process;

    private FloorProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="answer">The frame that every request gets: one that the service answered.</param>
    /// <param name="ct">Ends the start.</param>
    public static async Task<FloorProcess> StartAsync(byte[] answer, CancellationToken ct)
    {
        var self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(FloorProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(self, [.. program, "serving", "floor", Convert.ToHexString(answer)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync(ct);
        return address is null
            ? throw new InvalidOperationException("the floor's process ended before it listened")
            : new FloorProcess(process, new Uri(address));
    }

    /// <summary>What the process has used so far; its allocations are not told.</summary>
    public Task<Usage> UsageAsync(CancellationToken ct) => Task.FromResult(new Usage(0, ProcessTree.CpuOf(_process.Id)));

    public static Command ServeCommand()
    {
        var answer = new Argument<string>("answer");
        var command = new Command("floor", "Answers with the same bytes until standard input ends.") { answer };
        command.Hidden = true;
        command.SetAction(async (parsed, ct) =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            await using var server = builder.Build();
            var bytes = Convert.FromHexString(parsed.GetValue(answer)!);
            server.Run(http => AnswerAsync(http, bytes));
            await server.StartAsync(ct);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(server.Urls.Single());
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

    private static async Task AnswerAsync(HttpContext http, byte[] answer)
    {
        var reader = http.Request.BodyReader;
        var read = await reader.ReadAsync(http.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(http.RequestAborted);
        }
        reader.AdvanceTo(read.Buffer.End);
        http.Response.ContentType = "application/grpc";
        http.Response.BodyWriter.Write(answer);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
