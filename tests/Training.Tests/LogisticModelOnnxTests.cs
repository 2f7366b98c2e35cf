using System.Security.Cryptography;
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

        var actual = OnnxRun.Probabilities(LogisticModelOnnx.Export(Model), FraudTable.Test);

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

        var probability = OnnxRun.Text(LogisticModelOnnx.Export(model), "color", "green");

        Assert.Equal(1 / (1 + Math.Exp(-model.Intercept)), probability, 1e-6);
        Assert.Equal(model.Predict(unknown)[0], probability, 1e-6);
    }
}
