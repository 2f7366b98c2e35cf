using System.Text;

namespace ModelOps.Inference.Tensors;

/// <summary>A tensor that a model takes or gives.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Datatype">Type of its elements.</param>
/// <param name="Shape">Dimensions; -1 stands for a variable one. Empty for a scalar.</param>
/// <param name="Symbols">Names of the variable dimensions, empty strings where there is none; tensors of one model that share a name share the length.</param>
internal sealed record TensorSchema(string Name, Datatype Datatype, long[] Shape, string[] Symbols)
{
    /// <summary>The name as it travels.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    public bool Fits(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Shape.Length)
        {
            return false;
        }
        for (var i = 0; i < shape.Length; i++)
        {
            if (Shape[i] >= 0 && Shape[i] != shape[i])
            {
                return false;
            }
        }
        return true;
    }
}
