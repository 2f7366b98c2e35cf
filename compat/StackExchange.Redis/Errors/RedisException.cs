namespace StackExchange.Redis;

#pragma warning disable CA1032 // The constructors are those of the package.

/// <summary>Something went wrong between this process and Redis, or in Redis.</summary>
public class RedisException : Exception
{
    public RedisException(string message)
        : base(message)
    {
    }

    public RedisException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A command that cannot be sent as it is.</summary>
public sealed class RedisCommandException : RedisException
{
    public RedisCommandException(string message)
        : base(message)
    {
    }

    public RedisCommandException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The server answered with an error; the message is the server's.</summary>
public sealed class RedisServerException : RedisException
{
    public RedisServerException(string message)
        : base(message)
    {
    }
}

/// <summary>There is no connection, or it went away; <see cref="CommandStatus"/> says whether the command may have been executed.</summary>
public sealed class RedisConnectionException : RedisException
{
    public RedisConnectionException(ConnectionFailureType failureType, string message)
        : this(failureType, message, null, CommandStatus.Unknown)
    {
    }

    public RedisConnectionException(ConnectionFailureType failureType, string message, Exception? innerException)
        : this(failureType, message, innerException, CommandStatus.Unknown)
    {
    }

    public RedisConnectionException(ConnectionFailureType failureType, string message, Exception? innerException, CommandStatus commandStatus)
        : base(message, innerException)
    {
        FailureType = failureType;
        CommandStatus = commandStatus;
    }

    public ConnectionFailureType FailureType { get; }

    public CommandStatus CommandStatus { get; }
}

/// <summary>No answer in time. It is no <see cref="RedisException"/>.</summary>
public sealed class RedisTimeoutException : TimeoutException
{
    public RedisTimeoutException(string message, CommandStatus commandStatus)
        : base(message) => Commandstatus = commandStatus;

    /// <summary>How far the command had come.</summary>
    public CommandStatus Commandstatus { get; }
}
