namespace ModelOps.Batch.Records;

/// <summary>
/// Finds where a record ends. CSV as RFC 4180 has it: a quote opens a field only at the field's start, and line breaks inside quotes
/// belong to the field; a quote elsewhere is text. NDJSON: every line is a record. May be fed in pieces.
/// </summary>
internal struct RecordBoundary(RecordFormat format)
{
    private State _state = State.FieldStart;

    private enum State
    {
        FieldStart,
        Unquoted,
        Quoted,
        QuoteInQuoted,
    }

    /// <summary>True between the quotes of a field.</summary>
    public readonly bool InQuotes => _state == State.Quoted;

    /// <summary>Begins with a new record.</summary>
    public void Reset() => _state = State.FieldStart;

    /// <summary>Looks for the line feed that ends the record.</summary>
    /// <param name="bytes">What follows the bytes it has seen.</param>
    /// <returns>Its index; -1: the record goes on after these bytes.</returns>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        if (format == RecordFormat.NdJson)
        {
            return bytes.IndexOf((byte)'\n');
        }
        var at = 0;
        while (at < bytes.Length)
        {
            switch (_state)
            {
                case State.FieldStart:
                    _state = bytes[at] == '"' ? State.Quoted : State.Unquoted;
                    at += _state == State.Quoted ? 1 : 0;
                    break;
                case State.Quoted:
                    var quote = bytes[at..].IndexOf((byte)'"');
                    if (quote < 0)
                    {
                        return -1;
                    }
                    at += quote + 1;
                    _state = State.QuoteInQuoted;
                    break;
                case State.QuoteInQuoted:
                    _state = bytes[at] == '"' ? State.Quoted : State.Unquoted;
                    at += _state == State.Quoted ? 1 : 0;
                    break;
                default:
                    var end = bytes[at..].IndexOfAny((byte)',', (byte)'\n');
                    if (end < 0)
                    {
                        return -1;
                    }
                    at += end + 1;
                    _state = State.FieldStart;
                    if (bytes[at - 1] == '\n')
                    {
                        return at - 1;
                    }
                    break;
            }
        }
        return -1;
    }
}
