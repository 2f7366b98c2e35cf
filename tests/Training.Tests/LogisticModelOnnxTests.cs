using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Linear;

namespace ModelOps.Training.Tests;

public sealed class LogisticModelOnnxTests
{
    private static readonly LogisticModel Model = LogisticRegression.Train(FraudTable.Train, new LogisticOptions(), CancellationToken.None);

    [Fact]
    public void Onnx_runtime_answers_as_the_model_does()
    {
        var expected = Model.Predict(FraudTable.Test);

        var actual = Run(LogisticModelOnnx.Export(Model), FraudTable.Test);

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Equal_data_give_equal_bytes()
    {
        var again = LogisticRegression.Train(FraudTable.Train, new LogisticOptions(), CancellationToken.None);

        Assert.Equal(SHA256.HashData(LogisticModelOnnx.Export(Model)), SHA256.HashData(LogisticModelOnnx.Export(again)));
    }

    [Fact]
    public void An_unknown_category_counts_as_none()
    {
        var known = new CategoricalColumn("color", ["blue", "red"]);
        var training = new TrainingTable.Builder().Add(known, ["red", "red", "blue", "blue", "red"]).Build([1, 1, 0, 0, 0]);
        var model = LogisticRegression.Train(training, new LogisticOptions(), CancellationToken.None);
        var unknown = new TrainingTable.Builder().Add(known, ["green"]).Build([0]);

        var probability = RunText(LogisticModelOnnx.Export(model), "color", "green");

        Assert.Equal(1 / (1 + Math.Exp(-model.Intercept)), probability, 1e-6);
        Assert.Equal(model.Predict(unknown)[0], probability, 1e-6);
    }

    private static float RunText(byte[] onnx, string input, string value)
    {
        using var session = new InferenceSession(onnx);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, new DenseTensor<string>(new[] { value }, [1, 1]))]);
        return results.Single(result => result.Name == "probabilities").AsTensor<float>()[0, 1];
    }

    private static double[] Run(byte[] onnx, TrainingTable table)
    {
        using var session = new InferenceSession(onnx);
        var inputs = table.Columns.Select((column, i) => column is CategoricalColumn categorical
            ? NamedOnnxValue.CreateFromTensor(column.Name, new DenseTensor<string>(Texts(categorical, table.Codes(i)), [table.RowCount, 1]))
            : NamedOnnxValue.CreateFromTensor(column.Name, new DenseTensor<float>(table.Numeric(i).ToArray(), [table.RowCount, 1])));
        using var results = session.Run([.. inputs]);
        var probabilities = results.Single(result => result.Name == "probabilities").AsTensor<float>();
        return [.. Enumerable.Range(0, table.RowCount).Select(row => (double)probabilities[row, 1])];
    }

    private static string[] Texts(CategoricalColumn column, ReadOnlySpan<int> codes)
    {
        var texts = new string[codes.Length];
        for (var row = 0; row < codes.Length; row++)
        {
            texts[row] = column.Categories[codes[row]];
        }
        return texts;
    }
}
