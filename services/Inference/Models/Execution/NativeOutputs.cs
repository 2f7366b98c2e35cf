using Microsoft.ML.OnnxRuntime;

namespace ModelOps.Inference.Models.Execution;

/// <summary>Outputs as ONNX Runtime allocated them.</summary>
internal sealed class NativeOutputs(IDisposableReadOnlyCollection<OrtValue> values) : RunMemory
{
    public IReadOnlyList<OrtValue> Values => values;

    protected override void Free() => values.Dispose();
}
