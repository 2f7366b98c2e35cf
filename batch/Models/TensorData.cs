namespace ModelOps.Batch.Models;

/// <summary>A tensor as the Open Inference Protocol carries it raw.</summary>
/// <param name="Name">Name of the input or output.</param>
/// <param name="Datatype">Datatype by the protocol's name.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Raw">Elements, little-endian and row-major; each BYTES element preceded by its length as 4 bytes.</param>
public sealed record TensorData(string Name, string Datatype, long[] Shape, ReadOnlyMemory<byte> Raw);

/// <summary>What a model takes or gives.</summary>
/// <param name="Name">Name of the input or output.</param>
/// <param name="Datatype">Datatype by the protocol's name.</param>
/// <param name="Shape">Dimensions; -1 stands for a variable one.</param>
public sealed record TensorInfo(string Name, string Datatype, long[] Shape);

/// <summary>One version of a model, as a batch job needs to know it.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Inputs">Inputs in the order of the model.</param>
/// <param name="Outputs">Outputs in the order of the model.</param>
public sealed record BatchModel(string Name, long Version, TensorInfo[] Inputs, TensorInfo[] Outputs)
{
    /// <summary>Names of the columns of a matrix input; empty: it has none.</summary>
    public string[] FeatureNames { get; init; } = [];

    /// <summary>Whether floating point inputs may be NaN.</summary>
    public bool AllowNaN { get; init; } = true;

    /// <summary>The label that each score stands for, by place; empty: not known.</summary>
    public string[] Labels { get; init; } = [];
}
