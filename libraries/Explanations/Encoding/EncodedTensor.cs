namespace ModelOps.Explanations.Encoding;

/// <summary>A tensor whose rows are made of the features of the same row.</summary>
/// <param name="Columns">The elements of a row, in order.</param>
/// <param name="Rank">1 for [N], 2 for [N, columns], 3 for [N, columns, categories] as the one-hot encoder makes it.</param>
internal sealed record EncodedTensor(Column[] Columns, int Rank)
{
    public bool IsText => Columns is [{ Type: Onnx.Schema.TensorProto.Types.DataType.String }, ..];
}
