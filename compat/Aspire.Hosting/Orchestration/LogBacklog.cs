using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The newest lines of one resource, and those who follow them.</summary>
internal sealed class LogBacklog
{
    private const int MaxLines = 10_000;
    private const int MaxBatch = 500;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<Channel<LogLine>> _watchers = [];
    private int _count;
    private bool _completed;

    /// <summary>The last line that says what went wrong: of the error stream if there is one.</summary>
    public string? LastError { get; private set; }

    public LogLine Append(string content, bool isError)
    {
        lock (_lock)
        {
            var line = new LogLine(++_count, content, isError);
            if (_lines.Count == MaxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
            if (!string.IsNullOrWhiteSpace(content) && (isError || LastError is null))
            {
                LastError = content.Trim();
            }

            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(line);
            }

            return line;
        }
    }

    public IReadOnlyList<LogLine> Lines()
    {
        lock (_lock)
        {
            return [.. _lines];
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            foreach (var line in _lines)
            {
                lines.Writer.TryWrite(line);
            }

            if (_completed)
            {
                lines.Writer.Complete();
            }
            else
            {
                _watchers.Add(lines);
            }
        }

        try
        {
            while (await lines.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
            {
                var batch = new List<LogLine>();
                while (batch.Count < MaxBatch && lines.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(lines);
            }
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
        }
    }
}
