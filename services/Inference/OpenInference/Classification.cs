using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Inference.Models;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.OpenInference;

/// <summary>
/// The protocol's classification extension: instead of a tensor the highest values of each of its rows, as <c>value:place</c> or
/// <c>value:place:label</c>.
/// </summary>
internal static class Classification
{
    public const string Parameter = "classification";
    public const string Rule = "asks for classes, which only an output of numbers has";

    public static bool IsPossible(Datatype datatype) => datatype.Size > 0 && !ReferenceEquals(datatype, Datatype.Bool);

    /// <summary>The highest values of each row, highest first.</summary>
    /// <param name="output">An output of numbers.</param>
    /// <param name="classes">How many of each row; all where there are fewer.</param>
    /// <param name="labels">Labels by place; empty: none.</param>
    public static Classes Of(in OutputTensor output, int classes, string[] labels) => output.Schema.Datatype.ElementType switch
    {
        TensorElementType.Float => Of<float>(output, classes, labels, Text),
        TensorElementType.Double => Of<double>(output, classes, labels, Text),
        TensorElementType.Float16 => Of<Half>(output, classes, labels, value => Text((double)value)),
        TensorElementType.BFloat16 => Of<BFloat16>(output, classes, labels, value => Text((float)value)),
        TensorElementType.Int8 => Of<sbyte>(output, classes, labels, Text),
        TensorElementType.Int16 => Of<short>(output, classes, labels, Text),
        TensorElementType.Int32 => Of<int>(output, classes, labels, Text),
        TensorElementType.Int64 => Of<long>(output, classes, labels, Text),
        TensorElementType.UInt8 => Of<byte>(output, classes, labels, Text),
        TensorElementType.UInt16 => Of<ushort>(output, classes, labels, Text),
        TensorElementType.UInt32 => Of<uint>(output, classes, labels, Text),
        _ => Of<ulong>(output, classes, labels, Text),
    };

    private static Classes Of<T>(in OutputTensor output, int classes, string[] labels, Func<T, string> text)
        where T : unmanaged, IComparable<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(output.Numbers);
        var hasRows = output.Schema.Shape is [-1, ..];
        var rows = hasRows ? (int)output.Shape[0] : 1;
        var places = rows == 0 ? 0 : values.Length / rows;
        var shown = Math.Min(classes, places);
        var texts = new byte[rows * shown][];
        for (var row = 0; row < rows; row++)
        {
            var inRow = values.Slice(row * places, places).ToArray();
            var order = Enumerable.Range(0, places).OrderByDescending(place => inRow[place]).Take(shown).ToArray();
            for (var i = 0; i < shown; i++)
            {
                var label = order[i] < labels.Length && labels.Length == places ? $":{labels[order[i]]}" : "";
                texts[(row * shown) + i] = Encoding.UTF8.GetBytes($"{text(inRow[order[i]])}:{order[i]}{label}");
            }
        }
        return new Classes(hasRows ? [rows, shown] : [shown], texts);
    }

    private static string Text(float value) => value.ToString("F6", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("F6", CultureInfo.InvariantCulture);

    private static string Text<T>(T value)
        where T : System.Numerics.IBinaryInteger<T> => value.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>The classes of an output.</summary>
/// <param name="Shape">Rows, where the output has any, and classes of each.</param>
/// <param name="Texts">The classes, row by row.</param>
internal sealed record Classes(long[] Shape, byte[][] Texts)
{
    /// <summary>Bytes of the texts in the raw encoding.</summary>
    public long RawLength => Texts.Sum(text => (long)BytesElements.LengthSize + text.Length);
}
