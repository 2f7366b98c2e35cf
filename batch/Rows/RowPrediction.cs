using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ModelOps.Batch.Models;

namespace ModelOps.Batch.Rows;

/// <summary>What the model says of a row, each part as JSON.</summary>
/// <param name="Label">The predicted class or value.</param>
/// <param name="Probability">Probability of the predicted class; null: the model gives none, or none is known to be that class's.</param>
/// <param name="Probabilities">Probabilities of all classes; null: the model gives none.</param>
internal readonly record struct RowPrediction(string Label, string? Probability, string? Probabilities)
{
    private const string Null = "null";

    /// <summary>Reads the outputs of a run.</summary>
    /// <param name="layout">What they are.</param>
    /// <param name="outputs">The outputs that <see cref="PredictionLayout.Outputs"/> names.</param>
    /// <param name="rows">Rows that went in.</param>
    /// <param name="predictions">One a row.</param>
    /// <returns>What is wrong with the outputs; null: nothing.</returns>
    public static string? Read(PredictionLayout layout, TensorData[] outputs, int rows, Span<RowPrediction> predictions)
    {
        string[]? labels = null;
        double[]? scores = null;
        foreach (var output in outputs)
        {
            var elements = output.Shape.Aggregate(1L, (product, length) => product * length);
            if (elements % rows != 0 || (output.Shape is [var first, ..] && first != rows))
            {
                return $"the model answers {rows} rows with an output '{output.Name}' of shape [{string.Join(',', output.Shape)}]";
            }
            if (ElementEncoder.IsFloatingPoint(output.Datatype))
            {
                scores = Numbers(output, (int)elements);
            }
            else
            {
                labels = Labels(output, rows, (int)elements / rows);
            }
        }
        var isSingle = outputs.Any(output => output.Datatype is "FP32");
        for (var row = 0; row < rows; row++)
        {
            var own = scores.AsSpan((scores?.Length ?? 0) / rows * row, (scores?.Length ?? 0) / rows);
            predictions[row] = Of(layout, labels?[row], own, isSingle);
        }
        return null;
    }

    private static RowPrediction Of(PredictionLayout layout, string? label, scoped ReadOnlySpan<double> scores, bool isSingle)
    {
        if (scores.IsEmpty || (scores.Length == 1 && !layout.HasLabel))
        {
            return new(label ?? (scores.IsEmpty ? Null : Number(scores[0], isSingle)), null, null);
        }
        Span<double> both = stackalloc double[2];
        if (scores is [var positive])
        {
            (both[0], both[1]) = (1 - positive, positive);
            scores = both;
        }
        var all = new StringBuilder("[");
        for (var i = 0; i < scores.Length; i++)
        {
            all.Append(i == 0 ? "" : ",").Append(Number(scores[i], isSingle));
        }
        var place = layout.Places.Find(label, scores);
        return new(label ?? place.ToString(CultureInfo.InvariantCulture), place < 0 ? null : Number(scores[place], isSingle), all.Append(']').ToString());
    }

    /// <summary>JSON has no NaN and no infinity.</summary>
    private static string Number(double value, bool isSingle) =>
        !double.IsFinite(value) ? Null
        : isSingle ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static double[] Numbers(TensorData output, int elements)
    {
        var numbers = new double[elements];
        var raw = output.Raw.Span;
        for (var i = 0; i < elements; i++)
        {
            numbers[i] = output.Datatype switch
            {
                "FP64" => MemoryMarshal.Cast<byte, double>(raw)[i],
                "FP32" => MemoryMarshal.Cast<byte, float>(raw)[i],
                "FP16" => (double)MemoryMarshal.Cast<byte, Half>(raw)[i],
                _ => BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Cast<byte, ushort>(raw)[i] << 16),
            };
        }
        return numbers;
    }

    /// <summary>The first element of each row.</summary>
    private static string[] Labels(TensorData output, int rows, int perRow)
    {
        var labels = new string[rows];
        var raw = output.Raw.Span;
        if (output.Datatype != "BYTES")
        {
            var size = raw.Length / Math.Max(1, rows * perRow);
            for (var row = 0; row < rows; row++)
            {
                labels[row] = perRow == 0 ? Null : IntegerText.Of(output.Datatype, raw.Slice(row * perRow * size, size));
            }
            return labels;
        }
        for (var element = 0; element < rows * perRow; element++)
        {
            var length = MemoryMarshal.Read<int>(raw);
            if (element % perRow == 0)
            {
                labels[element / perRow] = JsonSerializer.Serialize(Encoding.UTF8.GetString(raw.Slice(sizeof(int), length)));
            }
            raw = raw[(sizeof(int) + length)..];
        }
        return labels;
    }
}
