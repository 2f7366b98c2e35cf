using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Training.Data;

namespace ModelOps.Training.Tests;

/// <summary>Runs exported models in ONNX Runtime.</summary>
internal static class OnnxRun
{
    /// <summary>Probability of the positive class for every row of a table.</summary>
    public static double[] Probabilities(byte[] onnx, TrainingTable table) => [.. Answers(onnx, table).Select(answer => answer.Positive)];

    /// <summary>Label and both probabilities for every row of a table; an unknown category is sent as a text no column knows.</summary>
    public static (long Label, double Negative, double Positive)[] Answers(byte[] onnx, TrainingTable table)
    {
        using var session = new InferenceSession(onnx);
        var inputs = table.Columns.Select((column, i) => column is CategoricalColumn categorical
            ? NamedOnnxValue.CreateFromTensor(column.Name, new DenseTensor<string>(Texts(categorical, table.Codes(i)), [table.RowCount, 1]))
            : NamedOnnxValue.CreateFromTensor(column.Name, new DenseTensor<float>(table.Numeric(i).ToArray(), [table.RowCount, 1])));
        using var results = session.Run([.. inputs]);
        var labels = results.Single(result => result.Name == "label").AsTensor<long>();
        var probabilities = results.Single(result => result.Name == "probabilities").AsTensor<float>();
        return [.. Enumerable.Range(0, table.RowCount).Select(row => (labels[row], (double)probabilities[row, 0], (double)probabilities[row, 1]))];
    }

    /// <summary>Probability of the positive class for one text.</summary>
    public static double Text(byte[] onnx, string input, string value)
    {
        using var session = new InferenceSession(onnx);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, new DenseTensor<string>(new[] { value }, [1, 1]))]);
        return results.Single(result => result.Name == "probabilities").AsTensor<float>()[0, 1];
    }

    private static string[] Texts(CategoricalColumn column, ReadOnlySpan<int> codes)
    {
        var texts = new string[codes.Length];
        for (var row = 0; row < codes.Length; row++)
        {
            texts[row] = codes[row] < 0 ? "\u0001 unknown" : column.Categories[codes[row]];
        }
        return texts;
    }
}
