using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using StackExchange.Redis.Protocol;

namespace StackExchange.Redis.Connections;

/// <summary>
/// One socket. One caller at a time writes; replies are matched with what was written in the order of writing, so a command that timed out
/// keeps its place until its reply came.
/// </summary>
internal sealed class PhysicalConnection : IAsyncDisposable
{
    private const int ReadBuffer = 64 * 1024;
    private readonly Stream _stream;
    private readonly CommandWriter _writer;
    private readonly Queue<Command> _sent = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource<ConnectionFailure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionFailure? _failure;
    private long _lastRead = Environment.TickCount64;

    private PhysicalConnection(Stream stream, EndPoint endPoint)
    {
        _stream = stream;
        _writer = new(stream);
        EndPoint = endPoint;
        _ = ReadAsync();
    }

    public EndPoint EndPoint { get; }

    /// <summary>The database that is selected.</summary>
    public int Database { get; set; }

    /// <summary>Ends when this is no use any more.</summary>
    public Task<ConnectionFailure> Ended => _ended.Task;

    /// <summary>Commands that wait for their reply.</summary>
    public int SentCount
    {
        get
        {
            lock (_sent)
            {
                return _sent.Count;
            }
        }
    }

    /// <summary>Milliseconds since the server said anything.</summary>
    public long Silence => Environment.TickCount64 - Interlocked.Read(ref _lastRead);

    public static async Task<PhysicalConnection> ConnectAsync(ConfigurationOptions options, EndPoint endPoint, CancellationToken ct)
    {
        var socket = endPoint is DnsEndPoint
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        Stream? stream = null;
        try
        {
            if (endPoint is IPEndPoint or DnsEndPoint)
            {
                socket.NoDelay = true;
            }
            await socket.ConnectAsync(endPoint, ct);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Ssl)
            {
                var ssl = new SslStream(stream);
                stream = ssl;
                var host = options.SslHost ?? (endPoint as DnsEndPoint)?.Host ?? (endPoint as IPEndPoint)?.Address.ToString() ?? "";
                await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
            }
            return new(stream, endPoint);
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Writes a command; <see cref="FlushAsync"/> sends it. It fails with the connection from here on.</summary>
    public async ValueTask WriteAsync(Command command)
    {
        command.Status = CommandStatus.Sent;
        lock (_sent)
        {
            if (_failure is not null)
            {
                command.Fail(_failure.ToException($"{command.Name} was not answered on {Name}", command.Status));
                return;
            }
            _sent.Enqueue(command);
        }
        try
        {
            await _writer.WriteAsync(command.Name, command.TakeArguments(), _ending.Token);
        }
        catch (Exception e)
        {
            Fail(ConnectionFailure.Of(e));
        }
    }

    public async ValueTask FlushAsync()
    {
        try
        {
            await _writer.FlushAsync(_ending.Token);
        }
        catch (Exception e)
        {
            Fail(ConnectionFailure.Of(e));
        }
    }

    /// <summary>Sends one command and waits for its reply; only while nobody else writes.</summary>
    public async Task<Reply> AskAsync(string name, RedisValue[] arguments, CancellationToken ct)
    {
        var command = new Command(-1, name, arguments, int.MaxValue);
        await WriteAsync(command);
        await FlushAsync();
        return await command.Reply.WaitAsync(ct);
    }

    /// <summary>Lets time out what waited too long; its place stays taken.</summary>
    public void Expire(Func<Command, Exception> reason)
    {
        Command[] late;
        lock (_sent)
        {
            late = [.. _sent.Where(command => !command.IsDone && command.Age >= command.Timeout)];
        }
        foreach (var command in late)
        {
            command.Fail(reason(command));
        }
    }

    /// <summary>Ends it: whatever was sent fails, because nobody knows whether it was executed.</summary>
    public void Fail(ConnectionFailure failure)
    {
        Command[] lost;
        lock (_sent)
        {
            if (_failure is not null)
            {
                return;
            }
            _failure = failure;
            lost = [.. _sent];
            _sent.Clear();
        }
        _ending.Cancel();
        _stream.Dispose();
        foreach (var command in lost)
        {
            command.Fail(failure.ToException($"{command.Name} was not answered on {Name}", command.Status));
        }
        _ended.TrySetResult(failure);
    }

    public async ValueTask DisposeAsync()
    {
        Fail(new(ConnectionFailureType.ConnectionDisposed, "the connection was closed", null));
        await _stream.DisposeAsync();
    }

    private string Name => EndPointCollection.ToString(EndPoint);

    private async Task ReadAsync()
    {
        await Task.Yield();
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: ReadBuffer, leaveOpen: true));
        try
        {
            var parser = new ReplyParser();
            while (true)
            {
                var read = await reader.ReadAsync(_ending.Token);
                Interlocked.Exchange(ref _lastRead, Environment.TickCount64);
                var buffer = read.Buffer;
                while (parser.TryRead(ref buffer, out var reply))
                {
                    Next().Complete(reply);
                }
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    throw new EndOfStreamException("the server closed the connection");
                }
            }
        }
        catch (Exception e)
        {
            Fail(ConnectionFailure.Of(e));
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private Command Next()
    {
        lock (_sent)
        {
            return _sent.TryDequeue(out var command) ? command : throw new ProtocolException("a reply that nobody asked for");
        }
    }
}
