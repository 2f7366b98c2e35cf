using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models.Execution;

/// <summary>One ONNX Runtime session, which several instances may share.</summary>
internal sealed class SessionExecutable(InferenceSession session, ModelSchema schema) : IExecutable
{
    private readonly string[] _inputNames = [.. schema.Inputs.Select(input => input.Name)];

    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue[] inputs, string[] outputs) =>
        session.Run(options, _inputNames, inputs, outputs);

    public bool HasBindings => true;

    public OrtIoBinding CreateBinding() => session.CreateIoBinding();

    public void Run(RunOptions options, OrtIoBinding binding) => session.RunWithBinding(options, binding);

    public void Dispose() => session.Dispose();
}
