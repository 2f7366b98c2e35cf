using System.Collections.Concurrent;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the resources write, line by line.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, LogBacklog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A logger whose lines appear among the resource's own.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetLogger(resource.Name);
    }

    /// <inheritdoc cref="GetLogger(IResource)"/>
    public ILogger GetLogger(string resourceName) => new LineLogger((line, isError) => Append(resourceName, line, isError));

    /// <summary>What was written and what is being written, in batches.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync(CancellationToken.None);

    /// <inheritdoc cref="WatchAsync(string)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource.Name);
    }

    /// <summary>What was written up to now.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return Log(resourceName).Lines();
    }

    /// <inheritdoc cref="GetAllAsync(string)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetAllAsync(resource.Name);
    }

    /// <summary>Nothing more will be written; whoever watches comes to the end.</summary>
    public void Complete(string name) => Log(name).Complete();

    /// <inheritdoc cref="Complete(string)"/>
    public void Complete(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        Complete(resource.Name);
    }

    /// <summary>Forgets what was written.</summary>
    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    public void Dispose()
    {
        foreach (var log in _logs.Values)
        {
            log.Complete();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Told of every line of every resource.</summary>
    internal event Action<string, LogLine>? Written;

    internal void Append(string name, string content, bool isError) => Written?.Invoke(name, Log(name).Append(content, isError));

    internal string? LastError(string name) => Log(name).LastError;

    private LogBacklog Log(string name) => _logs.GetOrAdd(name, static _ => new());
}

/// <summary>A line a resource wrote.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
