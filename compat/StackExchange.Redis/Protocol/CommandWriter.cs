using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;

namespace StackExchange.Redis.Protocol;

/// <summary>Writes commands (RESP arrays of strings). What has piled up is sent when it is worth a packet or when there is nothing more to write.</summary>
internal sealed class CommandWriter(Stream stream) : IAsyncDisposable
{
    private const int FlushAt = 64 * 1024;
    private const int MaxHeader = 24;
    private readonly PipeWriter _pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    public async ValueTask WriteAsync(string name, RedisValue[] arguments, CancellationToken ct)
    {
        WriteHeader((byte)'*', arguments.Length + 1);
        await WriteBulkAsync(Encoding.UTF8.GetBytes(name), ct);
        foreach (var argument in arguments)
        {
            await WriteBulkAsync(argument.ToMemory(), ct);
        }
    }

    public async ValueTask FlushAsync(CancellationToken ct) => await _pipe.FlushAsync(ct);

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private async ValueTask WriteBulkAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        WriteHeader((byte)'$', bytes.Length);
        if (bytes.Length >= FlushAt)
        {
            // Goes to the socket as it is, behind what is buffered: a large value is never copied.
            await _pipe.WriteAsync(bytes, ct);
        }
        else
        {
            _pipe.Write(bytes.Span);
        }
        _pipe.Write("\r\n"u8);
        if (_pipe.UnflushedBytes >= FlushAt)
        {
            await _pipe.FlushAsync(ct);
        }
    }

    private void WriteHeader(byte type, int number)
    {
        var span = _pipe.GetSpan(MaxHeader);
        span[0] = type;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(digits + 1)..]);
        _pipe.Advance(digits + 3);
    }
}
