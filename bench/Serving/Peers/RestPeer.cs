using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving.Peers;

/// <summary>Another server of the same model, from bench/peers, in processes of its own.</summary>
internal sealed class RestPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private RestPeer(Process process, Uri predict) => (_process, Predict) = (process, predict);

    /// <summary>Where rows are posted.</summary>
    public Uri Predict { get; }

    /// <summary>FastAPI in its best form: a handler on the event loop, two workers.</summary>
    public static Task<RestPeer> FastApiAsync(CancellationToken ct) => StartAsync(
        "/predict_async",
        port => new("/usr/bin/python3", ["-m", "uvicorn", "fastapi_app:app", "--port", Text(port), "--workers", "2", "--log-level", "error"]),
        "eng/install-prerequisites.sh python3-fastapi python3-uvicorn python3-sklearn python3-uvloop python3-httptools",
        ct);

    /// <summary>Fastify with its micro-batcher.</summary>
    public static Task<RestPeer> FastifyAsync(CancellationToken ct) => StartAsync(
        "/predict",
        port => new("node", ["fastify_app.mjs"]) { Environment = { ["PORT"] = Text(port), ["BATCH"] = "1", ["ONNX"] = Path.Combine(Folder(), "../../tests/golden/models/gbc_d3.onnx") } },
        "(cd bench/peers && npm ci --ignore-scripts)",
        ct);

    /// <summary>What its processes have used so far; their allocations are not told.</summary>
    public Task<Usage> UsageAsync(CancellationToken ct) => Task.FromResult(new Usage(0, ProcessTree.CpuOf(_process.Id)));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<RestPeer> StartAsync(string path, Func<int, ProcessStartInfo> command, string install, CancellationToken ct)
    {
        var port = FreePort();
        var start = command(port);
        (start.WorkingDirectory, start.UseShellExecute) = (Folder(), false);
        var peer = new RestPeer(Start(start, install), new Uri($"http://127.0.0.1:{port}{path}"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartsWithin);
        using var http = new HttpClient();
        while (!await AnswersAsync(http, new Uri(peer.Predict, "/health"), limit.Token))
        {
            if (peer._process.HasExited)
            {
                await peer.DisposeAsync();
                throw new CannotMeasureException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended at once; what it needs is installed with: {install}");
            }
            await Task.Delay(100, limit.Token);
        }
        return peer;
    }

    private static Process Start(ProcessStartInfo start, string install)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new CannotMeasureException($"{start.FileName} is missing: {install}", missing);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri health, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(health, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not there yet
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../peers"));
}
