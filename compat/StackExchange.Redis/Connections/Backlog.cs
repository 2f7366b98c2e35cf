namespace StackExchange.Redis.Connections;

/// <summary>Commands that were not sent yet, in order; bounded in number and bytes.</summary>
internal sealed class Backlog
{
    /// <summary>Commands that wait for a connection.</summary>
    internal const int MaxWhileDisconnected = 4096;

    /// <summary>Commands that wait to be sent or to be answered while there is a connection.</summary>
    internal const int MaxPending = 65_536;

    /// <summary>Bytes of arguments that wait to be sent; one command alone may have more.</summary>
    internal const long MaxBytes = 256 * 1024 * 1024;

    private readonly Queue<Command> _commands = new();
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_commands)
            {
                return _commands.Count;
            }
        }
    }

    /// <summary>Adds a command unless <paramref name="limit"/> are there, or too many bytes.</summary>
    public bool TryAdd(Command command, int limit)
    {
        lock (_commands)
        {
            if (_commands.Count >= limit || (_commands.Count > 0 && _bytes + command.Size > MaxBytes))
            {
                return false;
            }
            _commands.Enqueue(command);
            _bytes += command.Size;
            return true;
        }
    }

    /// <summary>Takes the first whose caller still waits.</summary>
    public Command? Take()
    {
        lock (_commands)
        {
            while (_commands.TryDequeue(out var command))
            {
                _bytes -= command.Size;
                if (!command.IsDone)
                {
                    return command;
                }
            }
            return null;
        }
    }

    /// <summary>Takes those out that <paramref name="which"/> names, in order.</summary>
    public List<Command> Remove(Func<Command, bool> which)
    {
        lock (_commands)
        {
            var removed = new List<Command>();
            for (var left = _commands.Count; left > 0; left--)
            {
                var command = _commands.Dequeue();
                if (which(command))
                {
                    removed.Add(command);
                    _bytes -= command.Size;
                }
                else
                {
                    _commands.Enqueue(command);
                }
            }
            return removed;
        }
    }
}
