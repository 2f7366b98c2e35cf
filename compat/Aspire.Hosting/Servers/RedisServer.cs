using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Servers;

/// <summary>Redis, as Debian installs it, with append-only persistence: a snapshot would lose writes that were acknowledged.</summary>
internal sealed class RedisServer(ServerOptions options) : NativeServer(options)
{
    private const string Binary = "redis-server";
    private const string Configuration = "redis.conf";
    private const int LongestAnswer = 512;

    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(3);

    private string? Program => Executables.Find(Options.BinaryFolder is { } folder ? Path.Combine(folder, Binary) : Binary);

    public override string? Missing =>
        Program is null ? $"{Binary} is missing: install the Debian package redis-server" : null;

    public override async Task<IReadOnlyList<ProcessSpec>> PrepareAsync(CancellationToken ct)
    {
        if (Missing is { } missing)
        {
            throw new CannotStartException(missing);
        }
        CheckCredentials();
        var folder = await DataFolder.OpenAsync(Options, user: null, ct);
        await folder.WaitUntilUnusedAsync(ct);
        CheckPort();
        await folder.WriteAsync(Configuration, Configure(folder), ct);
        return
        [
            new()
            {
                Name = Options.Name,
                FileName = Program!,
                Arguments = [folder.At(Configuration)],
                WorkingDirectory = folder.Path,
                OwnFolder = folder.Path,
                LockFile = folder.LockFile,
            },
        ];
    }

    public override async Task<string?> CheckAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(CheckLimit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Options.Port, limit.Token);
            await using var stream = client.GetStream();
            var password = Encoding.UTF8.GetBytes(Options.Password);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"*2\r\n$4\r\nAUTH\r\n${password.Length}\r\n{Options.Password}\r\n"), limit.Token);
            var answer = await ReadLineAsync(stream, limit.Token);
            if (answer != "+OK")
            {
                return answer.TrimStart('-');
            }
            await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray(), limit.Token);
            answer = await ReadLineAsync(stream, limit.Token);
            return answer == "+PONG" ? null : answer.TrimStart('-'); // while it reads its data it answers LOADING
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {CheckLimit.TotalSeconds:0} s";
        }
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken ct)
    {
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length)
        {
            var read = await stream.ReadAsync(answer.AsMemory(length), ct);
            length += read;
            var end = answer.AsSpan(0, length).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                return Encoding.UTF8.GetString(answer.AsSpan(0, end));
            }
            if (read == 0)
            {
                return "the connection was closed";
            }
        }
        return "an answer that is none of Redis";
    }

    /// <summary>Quotes as redis.conf wants it.</summary>
    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private string Configure(DataFolder folder) =>
        $"""
        # Written at every start.
        bind 127.0.0.1
        port {Options.Port}
        protected-mode yes
        requirepass {Quote(Options.Password)}
        dir {Quote(folder.Path)}
        appendonly yes
        appendfsync {(Options.Durable ? "everysec" : "no")}
        save ""
        daemonize no
        logfile ""

        """;
}
