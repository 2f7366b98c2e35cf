using System.Buffers;
using System.Buffers.Text;

namespace StackExchange.Redis.Protocol;

/// <summary>
/// Reads replies (RESP2) from bytes that come in pieces; it keeps its place in an array, so no piece is read twice. Memory grows with what
/// the server has sent, never with what it says it will.
/// </summary>
internal sealed class ReplyParser
{
    /// <summary>A line: lengths, numbers, states and errors.</summary>
    internal const int MaxLine = 64 * 1024;

    /// <summary>What Redis itself allows a string to have.</summary>
    internal const int MaxBytes = 512 * 1024 * 1024;

    /// <summary>Items of a reply, those of arrays in arrays included.</summary>
    internal const int MaxItems = 8 * 1024 * 1024;

    internal const int MaxDepth = 32;
    private const int FirstCapacity = 1024;
    private readonly Stack<OpenArray> _open = new();
    private long _bytes;
    private int _items;

    /// <summary>Takes bytes from the front of <paramref name="buffer"/>.</summary>
    /// <returns>Whether a reply is whole.</returns>
    /// <exception cref="ProtocolException">These bytes are no reply, or a too large one.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out Reply reply)
    {
        while (TryReadOne(ref buffer, out reply, out var length))
        {
            if (length > 0)
            {
                Open(length);
                continue;
            }
            while (_open.TryPeek(out var array))
            {
                if (!array.Add(reply))
                {
                    break;
                }
                reply = Reply.Array(_open.Pop().Items);
            }
            if (_open.Count == 0)
            {
                (_bytes, _items) = (0, 0);
                return true;
            }
        }
        return false;
    }

    private void Open(int length)
    {
        if (_open.Count == MaxDepth)
        {
            throw new ProtocolException($"arrays in arrays, more than {MaxDepth} deep");
        }
        if (length > MaxItems - _items)
        {
            throw new ProtocolException($"a reply of more than {MaxItems} items");
        }
        _items += length;
        _open.Push(new(length));
    }

    private bool TryReadOne(ref ReadOnlySequence<byte> buffer, out Reply reply, out int arrayLength)
    {
        (reply, arrayLength) = (default, 0);
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            return buffer.Length <= MaxLine ? false : throw new ProtocolException($"a line of more than {MaxLine} bytes");
        }
        if (line.Length is 0 or > MaxLine)
        {
            throw new ProtocolException($"a line of {line.Length} bytes");
        }
        var content = line.Slice(1);
        switch (line.FirstSpan[0])
        {
            case (byte)'+':
                reply = Reply.Simple(content.ToArray());
                break;
            case (byte)'-':
                reply = Reply.Failure(content.ToArray());
                break;
            case (byte)':':
                reply = Reply.Integer(NumberOf(content));
                break;
            case (byte)'$':
                if (!TryReadBulk(ref reader, NumberOf(content), out reply))
                {
                    return false;
                }
                break;
            case (byte)'*':
                (reply, arrayLength) = StartArray(NumberOf(content));
                break;
            case var other:
                throw new ProtocolException($"a reply of unknown type 0x{other:x2}");
        }
        Count(reader.Consumed);
        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        if (_bytes > MaxBytes + MaxLine)
        {
            throw new ProtocolException($"a reply of more than {MaxBytes} bytes");
        }
    }

    private static bool TryReadBulk(ref SequenceReader<byte> reader, long length, out Reply reply)
    {
        reply = Reply.Bulk(null);
        if (length == -1)
        {
            return true;
        }
        if (length is < 0 or > MaxBytes)
        {
            throw new ProtocolException($"a string of {length} bytes; at most {MaxBytes} are accepted");
        }
        if (reader.Remaining < length + 2)
        {
            return false;
        }
        reply = Reply.Bulk(reader.UnreadSequence.Slice(0, length).ToArray());
        reader.Advance(length);
        return reader.IsNext("\r\n"u8, advancePast: true) ? true : throw new ProtocolException("a string that does not end where it should");
    }

    private static (Reply Reply, int Length) StartArray(long length) => length switch
    {
        -1 => (Reply.Array(null), 0),
        0 => (Reply.Array([]), 0),
        > 0 and <= MaxItems => (default, (int)length),
        _ => throw new ProtocolException($"an array of {length} items; at most {MaxItems} are accepted"),
    };

    private static long NumberOf(ReadOnlySequence<byte> text)
    {
        Span<byte> digits = stackalloc byte[21];
        if (text.Length is > 0 and <= 21)
        {
            text.CopyTo(digits);
            if (Utf8Parser.TryParse(digits[..(int)text.Length], out long number, out var used) && used == text.Length)
            {
                return number;
            }
        }
        throw new ProtocolException("a number that is none");
    }

    private sealed class OpenArray(int length)
    {
        private int _count;

        public Reply[] Items { get; private set; } = new Reply[Math.Min(length, FirstCapacity)];

        /// <summary>Adds an item, and says whether it was the last.</summary>
        public bool Add(Reply item)
        {
            if (_count == Items.Length)
            {
                var items = Items;
                Array.Resize(ref items, (int)Math.Min(length, Items.Length * 2L));
                Items = items;
            }
            Items[_count++] = item;
            return _count == length;
        }
    }
}
