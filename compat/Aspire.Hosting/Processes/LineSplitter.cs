using System.Text;

namespace Aspire.Hosting.Processes;

/// <summary>Cuts a stream of bytes into lines of bounded length; what is no UTF-8 becomes U+FFFD.</summary>
/// <param name="limit">A longer line is handed on in pieces of this many characters.</param>
/// <param name="emit">Takes each line, without its line end.</param>
internal sealed class LineSplitter(int limit, Action<string> emit)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _pending = new();
    private readonly char[] _chars = new char[4096];

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            _decoder.Convert(bytes, _chars, flush: false, out var used, out var made, out _);
            bytes = bytes[used..];
            Take(_chars.AsSpan(0, made));
        }
    }

    /// <summary>Hands on what came after the last line end.</summary>
    public void Complete()
    {
        _decoder.Convert([], _chars, flush: true, out _, out var made, out _);
        Take(_chars.AsSpan(0, made));
        if (_pending.Length > 0)
        {
            Emit();
        }
    }

    private void Take(ReadOnlySpan<char> text)
    {
        int end;
        while ((end = text.IndexOf('\n')) >= 0)
        {
            Append(text[..end]);
            if (_pending.Length > 0 && _pending[^1] == '\r')
            {
                _pending.Length--;
            }
            Emit();
            text = text[(end + 1)..];
        }
        Append(text);
    }

    /// <summary>Hands on full pieces, but only when more of the line follows.</summary>
    private void Append(ReadOnlySpan<char> text)
    {
        while (_pending.Length + text.Length > limit)
        {
            var room = limit - _pending.Length;
            _pending.Append(text[..room]);
            text = text[room..];
            var last = _pending[^1];
            if (char.IsHighSurrogate(last))
            {
                _pending.Length--; // it belongs to the first character of the next piece
                Emit();
                _pending.Append(last);
            }
            else
            {
                Emit();
            }
        }
        _pending.Append(text);
    }

    private void Emit()
    {
        emit(_pending.ToString());
        _pending.Clear();
    }
}
