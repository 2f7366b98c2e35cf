using StackExchange.Redis.Protocol;

namespace StackExchange.Redis.Connections;

/// <summary>One command and the promise of its reply.</summary>
internal sealed class Command
{
    private readonly TaskCompletionSource<Reply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RedisValue[] _arguments;

    /// <summary>Makes a command.</summary>
    /// <param name="database">Where it runs; -1 when that does not matter.</param>
    /// <param name="name">Its name, for messages; all that a message says of it.</param>
    /// <param name="arguments">All that follows the name.</param>
    /// <param name="timeoutMilliseconds">How long its caller waits for the reply.</param>
    /// <exception cref="ArgumentException">An argument is null.</exception>
    public Command(int database, string name, RedisValue[] arguments, int timeoutMilliseconds)
    {
        Database = database;
        Name = name;
        Timeout = timeoutMilliseconds;
        CreatedAt = Environment.TickCount64;
        _arguments = arguments;
        foreach (var argument in arguments)
        {
            Size += argument.IsNull ? throw new ArgumentException("A null value is not valid in this context") : argument.Length();
        }
        _ = _reply.Task.ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public int Database { get; }

    public string Name { get; }

    /// <summary>Bytes of its arguments.</summary>
    public long Size { get; }

    public int Timeout { get; }

    public long CreatedAt { get; }

    public long Age => Environment.TickCount64 - CreatedAt;

    public CommandStatus Status { get; set; } = CommandStatus.WaitingToBeSent;

    public Task<Reply> Reply => _reply.Task;

    public bool IsDone => _reply.Task.IsCompleted;

    /// <summary>The arguments, once: they are not kept while the reply is awaited.</summary>
    public RedisValue[] TakeArguments()
    {
        var arguments = _arguments;
        _arguments = [];
        return arguments;
    }

    public void Complete(Reply reply) => _reply.TrySetResult(reply);

    public void Fail(Exception reason) => _reply.TrySetException(reason);

}
