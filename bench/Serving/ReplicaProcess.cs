using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ModelOps.Bench.Measuring;

namespace ModelOps.Bench.Serving;

/// <summary>One replica of the service as it is released, in a process of its own, with the product's settings.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    private const string AllocatedSeries = "dotnet_gc_heap_total_allocated_bytes_total";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);
    private readonly HttpClient _http = new();
    private readonly ControlPlane _plane;
    private readonly PredictionBroker? _broker;
    private readonly Process _process;
    private readonly string _folder;

    private ReplicaProcess(ControlPlane plane, PredictionBroker? broker, Process process, string folder, string key) =>
        (_plane, _broker, _process, _folder, Key) = (plane, broker, process, folder, key);

    /// <summary>The credential its callers show.</summary>
    public string Key { get; }

    public Uri Http { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    /// <summary>Starts it and waits until it holds every version.</summary>
    /// <param name="versions">What it holds.</param>
    /// <param name="predictionLog">Whether it logs predictions, to a broker of its own.</param>
    /// <param name="settings">Beside the product's defaults.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<ReplicaProcess> StartAsync(
        IReadOnlyList<ServedVersion> versions, bool predictionLog, (string Key, string Value)[] settings, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartsWithin);
        var folder = Directory.CreateTempSubdirectory("modelops-bench-").FullName;
        var plane = await ControlPlane.StartAsync(versions, limit.Token);
        var broker = predictionLog ? await PredictionBroker.StartAsync(limit.Token) : null;
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        (string, string)[] log = broker is null
            ? []
            : [("ConnectionStrings:bus", broker.ConnectionString), ("Inference:PredictionLog:Path", Path.Combine(folder, "predictions"))];
        var process = Start(
        [
            ("Kestrel:Endpoints:http:Url", "http://127.0.0.1:0"), ("Kestrel:Endpoints:grpc:Url", "http://127.0.0.1:0"), ("Services:Key", key),
            ("Registry:Address", plane.Address), ("Gateway:Address", plane.Address), ("FeatureStore:Address", plane.Address),
            ("Inference:CacheDirectory", Path.Combine(folder, "cache")), .. log, .. settings,
        ]);
        var replica = new ReplicaProcess(plane, broker, process, folder, key);
        try
        {
            await replica.ReadyAsync(limit.Token);
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
        return replica;
    }

    /// <summary>What the process has used so far; allocated bytes as its own <c>/metrics</c> says them.</summary>
    public async Task<Usage> UsageAsync(CancellationToken ct)
    {
        var metrics = await _http.GetStringAsync(new Uri(Http, "/metrics"), ct);
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(AllocatedSeries, StringComparison.Ordinal))
            ?? throw new InvalidDataException($"/metrics of the replica does not say {AllocatedSeries}");
        var allocated = double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        return new Usage((long)allocated, ProcessTree.CpuOf(_process.Id));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        await _plane.DisposeAsync();
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start((string Key, string Value)[] settings)
    {
        var program = Path.Combine(Folder(), "ModelOps.Inference.dll");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException($"{program} is not there: build it with 'dotnet build -c Release services/Inference'");
        }
        var start = new ProcessStartInfo("dotnet", [program]) { WorkingDirectory = Folder(), UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private async Task ReadyAsync(CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ready = _plane.ReadyAsync(waiting.Token);
        if (await Task.WhenAny(ready, _process.WaitForExitAsync(waiting.Token)) != ready && _process.HasExited)
        {
            await waiting.CancelAsync();
            throw new InvalidOperationException($"the replica ended with exit code {_process.ExitCode}; its standard error says why");
        }
        var report = await ready;
        await waiting.CancelAsync();
        (Http, Grpc) = (new Uri(report.HttpAddress), new Uri(report.GrpcAddress));
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../services/Inference/bin/Release/net10.0"));
}
