using System.Collections.Frozen;

namespace ModelOps.Inference.Tensors;

/// <summary>What a model takes and gives.</summary>
/// <param name="inputs">Inputs in the order of the graph.</param>
/// <param name="outputs">Outputs in the order of the graph.</param>
/// <param name="allowNaN">False when NaN is forbidden.</param>
/// <param name="shared">Dimensions that must have the length of an earlier one; null: those of one name.</param>
internal sealed class ModelSchema(TensorSchema[] inputs, TensorSchema[] outputs, bool allowNaN, SharedDimension[]? shared = null)
{
    private const int NamesShown = 20;
    private readonly FrozenDictionary<string, int> _inputs = Ordinals(inputs);
    private readonly FrozenDictionary<string, int> _outputs = Ordinals(outputs);

    /// <summary>Inputs in the order of the graph.</summary>
    public TensorSchema[] Inputs { get; } = inputs;

    /// <summary>Outputs in the order of the graph.</summary>
    public TensorSchema[] Outputs { get; } = outputs;

    /// <summary>False when the model's metadata forbids NaN in floating point inputs.</summary>
    public bool AllowNaN { get; } = allowNaN;

    /// <summary>Variable dimensions of inputs that must have the length of an earlier one.</summary>
    public SharedDimension[] SharedDimensions { get; } = shared ?? [.. Shared(inputs)];

    public int FindInput(string name) => _inputs.GetValueOrDefault(name, -1);

    public int FindOutput(string name) => _outputs.GetValueOrDefault(name, -1);

    private static FrozenDictionary<string, int> Ordinals(TensorSchema[] tensors) =>
        tensors.Index().ToFrozenDictionary(tensor => tensor.Item.Name, tensor => tensor.Index, StringComparer.Ordinal);

    /// <summary>Names for a message; the first ones where there are many.</summary>
    public static string Names(TensorSchema[] tensors)
    {
        var shown = string.Join(", ", tensors.Take(NamesShown).Select(tensor => $"'{tensor.Name}'"));
        return tensors.Length > NamesShown ? $"{shown} and {tensors.Length - NamesShown} more" : shown;
    }

    private static IEnumerable<SharedDimension> Shared(TensorSchema[] inputs)
    {
        var first = new Dictionary<string, (int Input, int Axis)>(StringComparer.Ordinal);
        for (var input = 0; input < inputs.Length; input++)
        {
            for (var axis = 0; axis < inputs[input].Symbols.Length; axis++)
            {
                var symbol = inputs[input].Symbols[axis];
                if (symbol.Length > 0 && !first.TryAdd(symbol, (input, axis)))
                {
                    yield return new SharedDimension(input, axis, first[symbol].Input, first[symbol].Axis, symbol);
                }
            }
        }
    }
}

/// <summary>A dimension that must have the length of an earlier one.</summary>
/// <param name="Input">Its input.</param>
/// <param name="Axis">Its place in the shape.</param>
/// <param name="FirstInput">Input of the earlier one.</param>
/// <param name="FirstAxis">Place of the earlier one.</param>
/// <param name="Symbol">The name that both have.</param>
internal readonly record struct SharedDimension(int Input, int Axis, int FirstInput, int FirstAxis, string Symbol);
