using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models;

/// <summary>Shows a request's inputs to ONNX Runtime: numbers where they lie, pinned; strings copied, as it holds them itself.</summary>
internal static class NativeTensors
{
    /// <summary>Something to point at where a tensor has no elements.</summary>
    private static readonly byte[] Nothing = GC.AllocateArray<byte>(sizeof(long), pinned: true);

    public static void Fill(RunSlot slot, TensorSchema[] schemas, ReadOnlySpan<BoundInput> inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            var datatype = schemas[i].Datatype;
            if (datatype.Size == 0)
            {
                slot.Values[i] = Strings(inputs[i]);
            }
            else
            {
                slot.Pins[i] = inputs[i].Raw.IsEmpty ? default : inputs[i].Raw.Pin();
                slot.Values[i] = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, datatype.ElementType, inputs[i].Shape, Address(slot.Pins[i]), inputs[i].Raw.Length);
            }
        }
    }

    private static unsafe nint Address(in MemoryHandle pin) =>
        pin.Pointer == null ? Marshal.UnsafeAddrOfPinnedArrayElement(Nothing, 0) : (nint)pin.Pointer;

    private static OrtValue Strings(in BoundInput input)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, input.Shape);
        var elements = new BytesElements(input.Raw.Span);
        for (var i = 0; elements.TryRead(out var element); i++)
        {
            value.StringTensorSetElementAt(element, i);
        }
        return value;
    }
}
