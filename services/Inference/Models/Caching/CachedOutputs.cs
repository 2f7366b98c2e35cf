using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Execution;

namespace ModelOps.Inference.Models.Caching;

/// <summary>A copy of the outputs of a request, which lives as long as the cache or a request uses it.</summary>
internal sealed unsafe class CachedOutputs : RunMemory
{
    private const int Alignment = 16;

    /// <summary>What an entry takes beside its elements, roughly.</summary>
    private const int Overhead = 512;
    private readonly OutputTensor[] _outputs;
    private readonly List<OrtValue> _texts = [];
    private readonly void* _numbers;

    /// <summary>Copies outputs; the copy's first user is whoever made it.</summary>
    public CachedOutputs(InferenceResult result)
    {
        Hold(1);
        Bytes = SizeOf(result);
        _numbers = NativeMemory.AlignedAlloc((nuint)Math.Max(NumbersOf(result), Alignment), Alignment);
        _outputs = new OutputTensor[result.Outputs.Length];
        var at = (byte*)_numbers;
        for (var i = 0; i < _outputs.Length; i++)
        {
            var output = result.Outputs[i];
            _outputs[i] = output.Schema.Datatype.Size == 0 ? CopyTexts(output) : CopyNumbers(output, at);
            at += Aligned(output);
        }
    }

    /// <summary>Memory that it takes.</summary>
    public long Bytes { get; }

    /// <summary>Memory that a copy would take.</summary>
    public static long SizeOf(InferenceResult result)
    {
        var bytes = Overhead + NumbersOf(result);
        foreach (ref readonly var output in result.Outputs)
        {
            for (var i = 0; output.Schema.Datatype.Size == 0 && i < output.Elements; i++)
            {
                bytes += output.Text(i).Length + (4 * IntPtr.Size); // a string of ONNX Runtime
            }
        }
        return bytes;
    }

    /// <summary>The outputs for one more request; null when they are gone.</summary>
    public InferenceResult? Open() => TryHold() ? new InferenceResult(_outputs, this) : null;

    protected override void Free()
    {
        _texts.ForEach(texts => texts.Dispose());
        NativeMemory.AlignedFree(_numbers);
    }

    private static long NumbersOf(InferenceResult result)
    {
        long bytes = 0;
        foreach (ref readonly var output in result.Outputs)
        {
            bytes += Aligned(output);
        }
        return bytes;
    }

    private static long Aligned(in OutputTensor output) => (((long)output.Elements * output.Schema.Datatype.Size) + Alignment - 1) & -Alignment;

    private static OutputTensor CopyNumbers(in OutputTensor output, byte* to)
    {
        output.Numbers.CopyTo(new Span<byte>(to, output.Numbers.Length));
        return new(output.Schema, output.Shape, output.Elements, (nint)to);
    }

    private OutputTensor CopyTexts(in OutputTensor output)
    {
        var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, output.Shape);
        _texts.Add(texts);
        for (var i = 0; i < output.Elements; i++)
        {
            texts.StringTensorSetElementAt(output.Text(i), i);
        }
        return new(output.Schema, output.Shape, output.Elements, texts, firstText: 0);
    }
}
