using System.Runtime.CompilerServices;

namespace ModelOps.Bench.Inference;

/// <summary>A model of tests/golden/models, with seeded inputs that rotate: a repeated row flatters tree ensembles.</summary>
/// <param name="Name">Name of the file and of the model.</param>
/// <param name="Input">Name of its only input.</param>
/// <param name="RowShape">Shape of one row.</param>
internal sealed record GoldenModel(string Name, string Input, long[] RowShape)
{
    private const int RotatingRows = 256;

    public static IReadOnlyList<GoldenModel> All { get; } =
        [new("mlp", "input", [1, 30]), new("gbc_d3", "input", [1, 30]), new("conv", "image", [1, 3, 32, 32])];

    public string File { get; } = Path.Combine(Folder(), $"{Name}.onnx");

    /// <summary>Rows of standard normal numbers.</summary>
    public float[][] Rows { get; } = MakeRows((int)RowShape.Aggregate(1L, (size, dimension) => size * dimension));

    private static float[][] MakeRows(int size)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, RotatingRows).Select(_ => Enumerable.Range(0, size).Select(_ => Normal(random)).ToArray())];
    }

    /// <summary>Box-Muller.</summary>
    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../tests/golden/models"));
}
