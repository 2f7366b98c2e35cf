using System.Net;
using StackExchange.Redis.Protocol;

namespace StackExchange.Redis.Connections;

/// <summary>Makes a connection that is ready: authenticated, named, on its database, and known to be Redis.</summary>
internal static class Handshake
{
    public static async Task<PhysicalConnection> ConnectAsync(ConfigurationOptions options, EndPoint endPoint, string clientName, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.ConnectTimeout);
        var connection = await PhysicalConnection.ConnectAsync(options, endPoint, limit.Token);
        try
        {
            await GreetAsync(connection, options, clientName, limit.Token);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task GreetAsync(PhysicalConnection connection, ConfigurationOptions options, string clientName, CancellationToken ct)
    {
        if (options.Password is { Length: > 0 } password)
        {
            Accept(await connection.AskAsync("AUTH", options.User is { Length: > 0 } user ? [user, password] : [password], ct), "OK");
        }

        // A server that does not allow names is as good.
        await connection.AskAsync("CLIENT", ["SETNAME", clientName], ct);
        Accept(await connection.AskAsync("PING", [], ct), "PONG");
        if (options.DefaultDatabase is > 0 and var database)
        {
            Accept(await connection.AskAsync("SELECT", [database], ct), "OK");
            connection.Database = database;
        }
    }

    private static void Accept(Reply reply, string expected)
    {
        if (reply.IsText(expected))
        {
            return;
        }
        if (reply.Type != ResultType.Error)
        {
            throw new ProtocolException($"something else than {expected}");
        }
        var type = reply.Error.Split(' ')[0] switch
        {
            "NOAUTH" or "WRONGPASS" or "NOPERM" or "ERR" when !reply.Error.Contains("DB index", StringComparison.Ordinal) => ConnectionFailureType.AuthenticationFailure,
            "LOADING" => ConnectionFailureType.Loading,
            _ => ConnectionFailureType.ProtocolFailure,
        };
        throw new RedisConnectionException(type, reply.Error, new RedisServerException(reply.Error));
    }
}
