using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelOps.Samples.Fraud;

/// <summary>The same ONNX file run in this process: what the answers through the gateway are compared with.</summary>
public sealed class InProcessModel(byte[] onnx) : IDisposable
{
    private readonly InferenceSession _session = new(onnx);

    /// <summary>Probability of fraud for every row.</summary>
    public float[] Predict(Transaction[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int[] shape = [rows.Length, 1];
        List<NamedOnnxValue> inputs =
        [
            .. FraudModel.NumericFeatures.Select((feature, i) =>
                NamedOnnxValue.CreateFromTensor(feature, new DenseTensor<float>(rows.Select(row => (float)row.Numbers[i]).ToArray(), shape))),
            NamedOnnxValue.CreateFromTensor(FraudModel.CategoricalFeature, new DenseTensor<string>(rows.Select(row => row.MerchantCategory).ToArray(), shape)),
        ];
        using var outputs = _session.Run(inputs);
        var probabilities = outputs.Single(output => output.Name == "probabilities").AsTensor<float>();
        return [.. Enumerable.Range(0, rows.Length).Select(row => probabilities[row, 1])];
    }

    public void Dispose() => _session.Dispose();
}
