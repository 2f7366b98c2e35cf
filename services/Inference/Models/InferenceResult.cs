using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models;

/// <summary>The outputs of a run, in native memory until they are disposed of.</summary>
internal sealed class InferenceResult : IDisposable
{
    private readonly IDisposableReadOnlyCollection<OrtValue> _values;
    private readonly OutputTensor[] _outputs;

    public InferenceResult(TensorSchema[] schemas, IDisposableReadOnlyCollection<OrtValue> values)
    {
        _values = values;
        _outputs = new OutputTensor[schemas.Length];
        for (var i = 0; i < schemas.Length; i++)
        {
            _outputs[i] = new OutputTensor(schemas[i], values[i]);
        }
    }

    public ReadOnlySpan<OutputTensor> Outputs => _outputs;

    /// <summary>Bytes of all numbers, and at least those of all strings' lengths.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (ref readonly var output in Outputs)
            {
                bytes += output.Elements * Math.Max(output.Schema.Datatype.Size, BytesElements.LengthSize);
            }
            return bytes;
        }
    }

    public void Dispose() => _values.Dispose();
}
