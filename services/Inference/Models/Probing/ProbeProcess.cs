using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ModelOps.Inference.Hosting;

namespace ModelOps.Inference.Models.Probing;

/// <summary>
/// Tries a model in a child process that knows nothing: no environment, no files, its input and its output alone. Whatever
/// becomes of it, it is gone when the trial is over.
/// </summary>
internal sealed class ProbeProcess : IDisposable
{
    private const int MostOutputBytes = 16 << 10;
    private readonly Process _process;
    private readonly string _folder;

    private ProbeProcess(Process process, string folder) => (_process, _folder) = (process, folder);

    /// <summary>Starts the child in an empty folder of its own.</summary>
    public static ProbeProcess Start()
    {
        var folder = Directory.CreateTempSubdirectory("modelops-probe-").FullName;
        try
        {
            return new ProbeProcess(Process.Start(StartInfo(folder))!, folder);
        }
        catch
        {
            Directory.Delete(folder);
            throw;
        }
    }

    /// <summary>Tries a model.</summary>
    /// <param name="request">What it may take.</param>
    /// <param name="onnx">The model.</param>
    /// <param name="ct">Ends the trial.</param>
    /// <returns>Why the model must not be loaded; null when it may.</returns>
    public async Task<string?> TryAsync(ProbeRequest request, byte[] onnx, CancellationToken ct)
    {
        var errors = ReadErrorsAsync(ct);
        var (stage, verdict) = ("starting", (string?)null);
        try
        {
            await ProbeRequest.WriteAsync(request, onnx, _process.StandardInput.BaseStream, ct);
            while (verdict is null && await ReadLineAsync(ct) is { } line)
            {
                if (line is ProbeCommand.Loading or ProbeCommand.Running)
                {
                    stage = line;
                }
                else
                {
                    verdict = line;
                }
            }
        }
        catch (IOException) when (!ct.IsCancellationRequested)
        {
            // The pipe broke because the child is gone; why it went is seen below.
        }
        return verdict switch
        {
            ProbeCommand.Passed => null,
            { } refused when refused.StartsWith(ProbeCommand.Refused, StringComparison.Ordinal) => refused[ProbeCommand.Refused.Length..],
            _ => await HowItEndedAsync(stage, errors, ct),
        };
    }

    public void Dispose()
    {
        // A child that answered could only tear down; one that did not must not go on.
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<string> HowItEndedAsync(string stage, Task<string> errors, CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        var doing = stage == ProbeCommand.Running ? "it ran the model for the first time" : stage == ProbeCommand.Loading ? "it loaded the file" : "it started";
        var said = await errors;
        return $"the process that tried the version ended with {Describe(_process.ExitCode)} while {doing}{(said.Length > 0 ? $": {said}" : "")}";
    }

    /// <summary>Above 128 it was a signal.</summary>
    private static string Describe(int exitCode) => (exitCode - 128) switch
    {
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        24 => "SIGXCPU (too much processor time)",
        25 => "SIGXFSZ (it wrote a file)",
        _ => $"code {exitCode.ToString(CultureInfo.InvariantCulture)}",
    };

    private async Task<string?> ReadLineAsync(CancellationToken ct)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < MostOutputBytes && await _process.StandardOutput.BaseStream.ReadAsync(one, ct) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]);
            }
            line.Add(one[0]);
        }
        return null;
    }

    /// <summary>The first line, bounded; the rest is read so that the child is not held up by it.</summary>
    private async Task<string> ReadErrorsAsync(CancellationToken ct)
    {
        var kept = new List<byte>();
        var buffer = new byte[1024];
        try
        {
            while (await _process.StandardError.BaseStream.ReadAsync(buffer, ct) is var read and > 0)
            {
                kept.AddRange(buffer.AsSpan(0, Math.Min(read, MostOutputBytes - kept.Count)));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return ""; // the trial is over
        }
        return OnnxErrors.Reason(Encoding.UTF8.GetString([.. kept]).Trim());
    }

    private static ProcessStartInfo StartInfo(string folder)
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, "dotnet");
        var program = Path.Combine(AppContext.BaseDirectory, $"{typeof(ProbeProcess).Assembly.GetName().Name}.dll");
        var isShared = File.Exists(host) && File.Exists(program);
        var start = new ProcessStartInfo(isShared ? host : Environment.ProcessPath!, isShared ? [program, ProbeCommand.Name] : [ProbeCommand.Name])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Nothing of ours is passed on: connection strings and credentials are settings, and settings may come from there.
        start.Environment.Clear();
        foreach (var (name, value) in Environments)
        {
            start.Environment[name] = value;
        }
        return start;
    }

    /// <summary>What makes the child start quickly, write nothing and leave memory to the model.</summary>
    private static readonly (string, string)[] Environments =
    [
        (NativeTelemetry.Variable, NativeTelemetry.Off),
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_EnableWriteXorExecute", "0"),
        ("DOTNET_gcServer", "0"),
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
    ];
}
