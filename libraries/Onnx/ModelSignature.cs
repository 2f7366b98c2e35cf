namespace ModelOps.Onnx;

/// <summary>What a model takes and gives.</summary>
/// <param name="Inputs">Inputs in the order of the graph, without those that have a built-in value.</param>
/// <param name="Outputs">Outputs in the order of the graph.</param>
/// <param name="Opset">Version of the default domain's operators; 0 when the model uses none of them.</param>
public sealed record ModelSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs, long Opset);

/// <summary>A named, typed tensor.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Datatype">Open Inference Protocol datatype, for example FP32 or BYTES.</param>
/// <param name="Shape">Dimensions; -1 stands for a variable one.</param>
public sealed record TensorSpec(string Name, string Datatype, IReadOnlyList<long> Shape);
