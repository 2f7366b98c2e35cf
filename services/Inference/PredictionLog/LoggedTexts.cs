using System.Text;
using System.Text.Unicode;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.PredictionLog;

/// <summary>Texts of inputs and predictions as they are logged: PostgreSQL holds no U+0000, protobuf no broken UTF-8, and a prediction is not lost for a text.</summary>
internal static class LoggedTexts
{
    private const int MostBytes = 4096;

    /// <summary>A text, cut and replaced where it cannot be logged as it is.</summary>
    public static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text) => text.Length <= MostBytes && Utf8.IsValid(text) && !text.Contains((byte)0)
        ? text
        : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MostBytes / 3)]).Replace('\0', '\uFFFD')); // which takes three bytes

    /// <summary>Writes elements of a BYTES tensor as a field of raw contents.</summary>
    /// <param name="wire">Where they go.</param>
    /// <param name="field">Number of the field.</param>
    /// <param name="raw">The tensor.</param>
    /// <param name="input">Which columns.</param>
    /// <param name="rows">Which rows, ascending.</param>
    public static void Write(WireWriter wire, int field, ReadOnlySpan<byte> raw, in LoggedInputColumns input, ReadOnlySpan<int> rows)
    {
        var length = 0;
        for (var kept = new KeptElements(raw, input, rows); kept.TryRead(out var text);)
        {
            length += BytesElements.LengthSize + Clean(text).Length;
        }
        wire.Header(field, length);
        for (var kept = new KeptElements(raw, input, rows); kept.TryRead(out var text);)
        {
            wire.LengthPrefixed(Clean(text));
        }
    }

    /// <summary>Walks through a tensor and stops at the elements that are logged.</summary>
    private ref struct KeptElements(ReadOnlySpan<byte> raw, in LoggedInputColumns input, ReadOnlySpan<int> rows)
    {
        private readonly ReadOnlySpan<int> _rows = rows;
        private readonly LoggedInputColumns _input = input;
        private BytesElements _elements = new(raw);
        private int _next;
        private int _row;
        private int _kept;

        public bool TryRead(out ReadOnlySpan<byte> text)
        {
            text = default;
            if (_input.Kept.Length == 0 || _row == _rows.Length)
            {
                return false;
            }
            var wanted = (_rows[_row] * _input.Columns) + _input.Kept[_kept];
            for (; _next <= wanted; _next++)
            {
                _ = _elements.TryRead(out text); // the tensor was bound: every element is there
            }
            if (++_kept == _input.Kept.Length)
            {
                (_kept, _row) = (0, _row + 1);
            }
            return true;
        }
    }
}
