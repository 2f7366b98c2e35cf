using ModelOps.Bench.Inference;

namespace ModelOps.Bench.Serving;

/// <summary>A model that is measured, with seeded inputs that rotate: a repeated row flatters tree ensembles.</summary>
/// <param name="Name">Name under which it is served.</param>
/// <param name="Input">Name of its only input, FP32.</param>
/// <param name="RowShape">Shape of one row, the batch dimension first.</param>
/// <param name="Onnx">The artifact.</param>
/// <param name="Rows">What is sent, row by row.</param>
internal sealed record ServedModel(string Name, string Input, long[] RowShape, byte[] Onnx, float[][] Rows)
{
    public static ServedModel Mlp { get; } = Golden("mlp");

    public static ServedModel Ensemble { get; } = Golden("gbc_d3");

    public static ServedModel Convnet { get; } = Golden("conv");

    public static ServedModel Wide { get; } = new("wide", "input", [1, MadeModels.Width], MadeModels.WideMlp(), SeededRows.Of(MadeModels.Width));

    public static ServedModel Transformer { get; } = new(
        "transformer",
        "tokens",
        [1, MadeModels.Tokens, MadeModels.ModelWidth],
        MadeModels.TransformerBlock(),
        SeededRows.Of(MadeModels.Tokens * MadeModels.ModelWidth));

    /// <summary>Shape of so many rows.</summary>
    public long[] ShapeOf(int rows) => [rows, .. RowShape[1..]];

    /// <summary>So many rows behind each other, beginning with one of those that rotate.</summary>
    public float[] Batch(int first, int rows) => [.. Enumerable.Range(first, rows).SelectMany(row => Rows[row % Rows.Length])];

    private static ServedModel Golden(string name)
    {
        var golden = GoldenModel.All.Single(model => model.Name == name);
        return new(name, golden.Input, golden.RowShape, File.ReadAllBytes(golden.File), golden.Rows);
    }
}
