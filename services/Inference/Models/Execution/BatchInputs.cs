using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Tensors;

namespace ModelOps.Inference.Models.Execution;

/// <summary>
/// Shows the inputs of requests to ONNX Runtime for one run. A single request's numbers are used where they lie; those of several are put
/// one after the other. Strings are copied in any case, as the runtime holds them itself.
/// </summary>
internal sealed class BatchInputs : IDisposable
{
    /// <summary>Something to point at where a tensor has no elements.</summary>
    private static readonly byte[] Nothing = GC.AllocateArray<byte>(sizeof(long), pinned: true);
    private readonly MemoryHandle[] _pins;
    private readonly byte[]?[] _rented;

    /// <param name="schema">The model's tensors.</param>
    /// <param name="batch">Requests whose rows have one shape; at least one.</param>
    /// <param name="rows">Rows of them all.</param>
    public BatchInputs(ModelSchema schema, IReadOnlyList<QueuedRun> batch, int rows)
    {
        var inputs = schema.Inputs.Length;
        (Values, _pins, _rented) = (new OrtValue[inputs], new MemoryHandle[inputs], new byte[]?[inputs]);
        try
        {
            for (var ordinal = 0; ordinal < inputs; ordinal++)
            {
                ref readonly var first = ref batch[0].Inputs.Inputs[ordinal];
                long[] shape = batch.Count == 1 ? first.Shape! : [rows, .. first.Shape.AsSpan(1)];
                Values[ordinal] = schema.Inputs[ordinal].Datatype is { Size: > 0 } datatype
                    ? Numbers(datatype, shape, ordinal, batch.Count == 1 ? first.Raw : Gather(batch, ordinal))
                    : Texts(shape, batch, ordinal);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>One value per input of the schema.</summary>
    public OrtValue[] Values { get; }

    public void Dispose()
    {
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i]?.Dispose();
            _pins[i].Dispose();
            if (_rented[i] is { } rented)
            {
                _rented[i] = null;
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private unsafe OrtValue Numbers(Datatype datatype, long[] shape, int ordinal, ReadOnlyMemory<byte> raw)
    {
        _pins[ordinal] = raw.IsEmpty ? default : raw.Pin();
        var address = _pins[ordinal].Pointer == null ? Marshal.UnsafeAddrOfPinnedArrayElement(Nothing, 0) : (nint)_pins[ordinal].Pointer;
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, datatype.ElementType, shape, address, raw.Length);
    }

    private ReadOnlyMemory<byte> Gather(IReadOnlyList<QueuedRun> batch, int ordinal)
    {
        var length = 0;
        foreach (var run in batch)
        {
            length = checked(length + run.Inputs.Inputs[ordinal].Raw.Length);
        }
        var gathered = _rented[ordinal] = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        var rest = gathered.AsSpan();
        foreach (var run in batch)
        {
            var raw = run.Inputs.Inputs[ordinal].Raw.Span;
            raw.CopyTo(rest);
            rest = rest[raw.Length..];
        }
        return gathered.AsMemory(0, length);
    }

    private static OrtValue Texts(long[] shape, IReadOnlyList<QueuedRun> batch, int ordinal)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var i = 0;
        foreach (var run in batch)
        {
            var elements = new BytesElements(run.Inputs.Inputs[ordinal].Raw.Span);
            while (elements.TryRead(out var element))
            {
                value.StringTensorSetElementAt(element, i++);
            }
        }
        return value;
    }
}
