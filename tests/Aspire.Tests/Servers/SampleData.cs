using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.Servers;
using ModelOps.Testing;
using Npgsql;
using RabbitMQ.Client;

namespace ModelOps.Aspire.Tests.Servers;

/// <summary>Writes 42 into a server and reads it back, the way a client of that server does.</summary>
internal static class SampleData
{
    private const string Queue = "kept";

    public static Task WriteAsync(string what, ServerOptions options) => what switch
    {
        "postgres" => PostgresAsync(options, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)"),
        "redis" => RedisAsync(options, "SET kept 42"),
        _ => PublishAsync(options),
    };

    /// <summary>Waits for 42: a quorum queue takes a moment after a crash until it has a leader again.</summary>
    public static Task IsThereAsync(string what, ServerOptions options) =>
        Poll.UntilAsync("42 is there", async _ => await ReadAsync(what, options) == "42", TimeSpan.FromMinutes(2));

    private static Task<string?> ReadAsync(string what, ServerOptions options) => what switch
    {
        "postgres" => PostgresAsync(options, "SELECT id FROM kept"),
        "redis" => RedisAsync(options, "GET kept"),
        _ => GetAsync(options),
    };

    public static async Task<string?> PostgresAsync(ServerOptions options, string sql, CancellationToken ct = default)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = options.Port,
            Username = options.UserName,
            Password = options.Password,
            Database = "postgres",
            Pooling = false,
            CommandTimeout = 0,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(ct))?.ToString();
    }

    public static async Task<string?> RedisAsync(ServerOptions options, string command, CancellationToken ct = default)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", options.Port, ct);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"*2\r\n$4\r\nAUTH\r\n${options.Password.Length}\r\n{options.Password}\r\n"), ct);
        Assert.Equal("+OK", await reader.ReadLineAsync(ct));
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{command}\r\n"), ct);
        var answer = await reader.ReadLineAsync(ct);
        return answer is ['$', ..] ? await reader.ReadLineAsync(ct) : answer;
    }

    private static async Task PublishAsync(ServerOptions options, CancellationToken ct = default)
    {
        await using var connection = await ConnectAsync(options, ct);
        await using var channel = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: ct);
        await channel.BasicPublishAsync("", Queue, mandatory: true, new BasicProperties { Persistent = true }, "42"u8.ToArray(), ct);

        // RabbitMQ 3.10 keeps the registration of a new quorum queue in memory for half a second; killed in that time, it comes back without a leader.
        var names = Path.Combine(options.DataRoot, options.Name, "mnesia/node/quorum/modelops@localhost/names.dets");
        await Poll.UntilAsync(
            "the queue's registration is on disk",
            async token => (await File.ReadAllTextAsync(names, Encoding.Latin1, token)).Contains($"_{Queue}", StringComparison.Ordinal),
            ct: ct);
    }

    private static async Task<string?> GetAsync(ServerOptions options, CancellationToken ct = default)
    {
        await using var connection = await ConnectAsync(options, ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        var message = await channel.BasicGetAsync(Queue, autoAck: false, ct);
        return message is null ? null : Encoding.UTF8.GetString(message.Body.Span);
    }

    private static Task<IConnection> ConnectAsync(ServerOptions options, CancellationToken ct) =>
        new ConnectionFactory { HostName = "127.0.0.1", Port = options.Port, UserName = options.UserName, Password = options.Password }.CreateConnectionAsync(ct);
}
