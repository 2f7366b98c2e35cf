namespace StackExchange.Redis.Connections;

/// <summary>What callers are told. Messages name the command and never its arguments.</summary>
internal static class Errors
{
    public static Exception Timeout(Command command, int outbound, int inbound) => new RedisTimeoutException(
        $"Timeout awaiting response (outbound={outbound}, inbound={inbound}, {command.Age}ms elapsed, timeout is {command.Timeout}ms), command={command.Name}",
        command.Status);

    public static Exception BacklogTimeout(Command command, int outbound, int inbound, ConnectionFailure? failure)
    {
        var message = "The message timed out in the backlog attempting to send because no connection became available "
            + $"(outbound={outbound}, inbound={inbound}, {command.Age}ms elapsed, timeout is {command.Timeout}ms), command={command.Name}";
        return failure is null
            ? new RedisTimeoutException(message, command.Status)
            : new RedisConnectionException(failure.Type, $"{message}; last failure: {failure.Message}", failure.Cause, command.Status);
    }

    public static Exception NoConnection(Command command, ConnectionFailure? failure) => new RedisConnectionException(
        ConnectionFailureType.UnableToResolvePhysicalConnection,
        $"No connection is available to service this operation: {command.Name}; last failure: {failure?.Message ?? "none, it is not connected yet"}",
        failure?.Cause,
        command.Status);

    public static Exception TooMany(Command command, int waiting, ConnectionFailure? failure) => new RedisConnectionException(
        ConnectionFailureType.UnableToResolvePhysicalConnection,
        $"Too many commands are waiting ({waiting}) for another {command.Name}; last failure: {failure?.Message ?? "none"}",
        failure?.Cause,
        command.Status);

    public static Exception Closed(Command command) => new RedisConnectionException(
        ConnectionFailureType.ConnectionDisposed, $"The multiplexer was closed before {command.Name} was answered", null, command.Status);

    public static RedisConnectionException UnableToConnect(ConnectionFailure failure)
    {
        var authentication = failure.Type == ConnectionFailureType.AuthenticationFailure;
        var hint = authentication
            ? "There was an authentication failure; check that passwords (or client certificates) are configured correctly"
            : "To keep trying in the background, set abortConnect=false";
        return new(
            authentication ? failure.Type : ConnectionFailureType.UnableToConnect,
            $"It was not possible to connect to the redis server(s). {hint}: {failure.Message}",
            failure.Cause);
    }
}
