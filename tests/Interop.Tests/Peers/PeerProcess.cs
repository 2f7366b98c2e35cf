using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace ModelOps.Interop.Peers;

/// <summary>A peer, which lives until its standard input ends: by us, or by our own end.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly Process _process;
    private readonly Runtime _runtime;
    private readonly SemaphoreSlim _oneQuestion = new(1);
    private Task<string>? _errors;

    private PeerProcess(Process process, Runtime runtime) => (_process, _runtime) = (process, runtime);

    public static PeerProcess Start(Runtime runtime, params string[] arguments)
    {
        var start = new ProcessStartInfo(runtime.Program, [runtime.Script, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        // A proxy is no way to the loopback.
        start.Environment["no_grpc_proxy"] = "127.0.0.1";
        start.Environment["no_proxy"] = "127.0.0.1";
        try
        {
            var process = Process.Start(start)!;
            var peer = new PeerProcess(process, runtime);
            peer._errors = process.StandardError.ReadToEndAsync();
            return peer;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{runtime.Program} cannot be started: install {runtime.Package}.", missing);
        }
    }

    /// <summary>Says a line, if there is one to say, and returns what the peer says next.</summary>
    public async Task<JsonElement> AskAsync(string? line = null)
    {
        await _oneQuestion.WaitAsync();
        try
        {
            if (line is not null)
            {
                await _process.StandardInput.WriteLineAsync(line);
                await _process.StandardInput.FlushAsync();
            }
            var answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            if (answer is null)
            {
                throw new InvalidOperationException($"{_runtime.Script} ended. Does it have what it needs ({_runtime.Package})? It said: {await _errors!}");
            }
            var said = JsonElement.Parse(answer);
            return said.TryGetProperty("missing", out var missing)
                ? throw new InvalidOperationException($"{_runtime.Program} lacks {missing.GetString()}: install {_runtime.Package}.")
                : said;
        }
        finally
        {
            _oneQuestion.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            _process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{_runtime.Script} outlived its standard input.", late);
        }
        finally
        {
            _process.Dispose();
            _oneQuestion.Dispose();
        }
    }
}
