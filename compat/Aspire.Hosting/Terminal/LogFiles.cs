using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Terminal;

/// <summary>Writes what each resource says into a file of its own, <c>logs/name.log</c>; the run before is in <c>name.1.log</c>.</summary>
internal sealed class LogFiles(ResourceLoggerService loggers, StoreLocation store, TimeProvider clock) : IHostedService, IDisposable
{
    private const int MaxPending = 100_000;
    private const long MaxBytes = 64 * 1024 * 1024;

    // The oldest lines are given up when a disk cannot keep up with everything that is said.
    private readonly Channel<(string Name, string Line)> _pending =
        Channel.CreateBounded<(string, string)>(new BoundedChannelOptions(MaxPending) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Dictionary<string, StreamWriter> _files = [];
    private Task _writing = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(store.LogRoot);
        loggers.Written += OnWritten;
        _writing = WriteAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        loggers.Written -= OnWritten;
        _pending.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _pending.Writer.TryComplete();
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }

    private void OnWritten(string name, LogLine line) =>
        _pending.Writer.TryWrite((name, $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {(line.IsErrorMessage ? "err" : "out")} {TerminalText.Plain(line.Content)}"));

    private async Task WriteAsync()
    {
        while (await _pending.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var touched = new HashSet<StreamWriter>();
            while (_pending.Reader.TryRead(out var entry))
            {
                var file = File(entry.Name);
                await file.WriteLineAsync(entry.Line).ConfigureAwait(false);
                touched.Add(file);
            }

            foreach (var file in touched)
            {
                await file.FlushAsync().ConfigureAwait(false);
            }
        }
    }

    private StreamWriter File(string name)
    {
        if (_files.TryGetValue(name, out var file) && file.BaseStream.Length < MaxBytes)
        {
            return file;
        }

        file?.Dispose();
        var path = Path.Combine(store.LogRoot, $"{name}.log");
        if (System.IO.File.Exists(path))
        {
            System.IO.File.Move(path, Path.Combine(store.LogRoot, $"{name}.1.log"), overwrite: true);
        }

        return _files[name] = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite));
    }
}
