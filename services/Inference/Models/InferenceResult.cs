using ModelOps.Inference.Models.Execution;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models;

/// <summary>The outputs of a request, in the memory of the run that made them until they are disposed of.</summary>
internal sealed class InferenceResult(OutputTensor[] outputs, RunMemory memory) : IDisposable
{
    private RunMemory? _memory = memory;

    public ReadOnlySpan<OutputTensor> Outputs => outputs;

    /// <summary>Bytes of all numbers, and at least those of all strings' lengths.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (ref readonly var output in Outputs)
            {
                bytes += (long)output.Elements * Math.Max(output.Schema.Datatype.Size, BytesElements.LengthSize);
            }
            return bytes;
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _memory, null)?.Release();
}
