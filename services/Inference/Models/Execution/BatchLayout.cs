using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models.Execution;

/// <summary>How rows lie in memory that is used for run after run: only for models whose rows all have one size, in and out.</summary>
internal sealed class BatchLayout
{
    private const long MostBytes = 8 << 20;
    private const int MostRows = 1024;
    private readonly long[][]?[] _shapes;

    private BatchLayout(RowLayout[] inputs, RowLayout[] outputs, int rows)
    {
        (Inputs, Outputs, Rows) = (inputs, outputs, rows);
        _shapes = new long[][]?[rows + 1];
    }

    public RowLayout[] Inputs { get; }

    public RowLayout[] Outputs { get; }

    /// <summary>Rows that there is room for.</summary>
    public int Rows { get; }

    /// <summary>Lays out memory for a model.</summary>
    /// <param name="schema">The model's tensors.</param>
    /// <param name="outputRows">Shape of one row of every output, as runs showed it.</param>
    /// <param name="rows">Rows wanted; there may be room for fewer.</param>
    /// <returns>Null when a row of the model has no fixed size, or a single one is too large to be worth copying.</returns>
    public static BatchLayout? Of(ModelSchema schema, long[][] outputRows, int rows)
    {
        if (schema.Inputs.Concat(schema.Outputs).Any(tensor => tensor.Shape is not [_, ..] || tensor.Shape.Skip(1).Any(length => length < 0))
            || schema.Inputs.Concat(schema.Outputs).Any(tensor => tensor.Datatype.Size == 0))
        {
            return null;
        }
        var inputs = schema.Inputs.Select(input => RowLayout.Of(input, input.Shape[1..])).ToArray();
        var outputs = schema.Outputs.Zip(outputRows, RowLayout.Of).ToArray();
        var rowBytes = inputs.Concat(outputs).Sum(tensor => (long)tensor.Bytes);
        var room = (int)Math.Min(Math.Min(rows, MostRows), MostBytes / Math.Max(1, rowBytes));
        return room < 1 || inputs.Concat(outputs).Any(tensor => tensor.Bytes == 0) ? null : new BatchLayout(inputs, outputs, room);
    }

    /// <summary>Shapes of the outputs of so many rows; made once, so that answers share them.</summary>
    public long[][] OutputShapes(int rows) => _shapes[rows] ??= Array.ConvertAll(Outputs, output => output.Shape(rows));
}

/// <summary>A tensor's rows.</summary>
/// <param name="Schema">The tensor.</param>
/// <param name="Dimensions">Dimensions of one row.</param>
/// <param name="Bytes">Bytes of one row.</param>
internal sealed record RowLayout(TensorSchema Schema, long[] Dimensions, int Bytes)
{
    public static RowLayout Of(TensorSchema schema, long[] dimensions) =>
        new(schema, dimensions, TensorShape.Count(dimensions, out var elements) is null ? checked(elements * schema.Datatype.Size) : 0);

    public long[] Shape(int rows) => [rows, .. Dimensions];
}
