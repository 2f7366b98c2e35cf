using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelOps.Explanations.Tests;

/// <summary>What ONNX Runtime says.</summary>
internal static class OnnxRun
{
    /// <summary>One row of an FP32 output.</summary>
    public static float[] Scores(InferenceSession session, string output, params NamedOnnxValue[] inputs)
    {
        using var results = session.Run(inputs, [output]);
        return [.. results[0].AsTensor<float>()];
    }

    public static float[] Scores(InferenceSession session, string input, string output, float[] row) =>
        Scores(session, output, NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(row, [1, row.Length])));

    public static FeatureValue[] Values(float[] row) => Array.ConvertAll(row, value => new FeatureValue(value));
}
