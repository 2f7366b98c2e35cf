using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelOps.Inference.Models.Execution;

/// <summary>
/// Memory for the inputs and outputs of one run, bound to a session once per number of rows, so that a run costs neither an
/// allocation nor a look-up of names. Requests' rows are copied in one after the other; answers are read from where they lie.
/// </summary>
internal sealed class BatchSlab : RunMemory, IDisposable
{
    private readonly IExecutable _executable;
    private readonly SlabPool _pool;
    private readonly byte[][] _inputs;
    private readonly byte[][] _outputs;
    private readonly Binding?[] _bindings;

    public BatchSlab(BatchLayout layout, IExecutable executable, SlabPool pool)
    {
        (Layout, _executable, _pool) = (layout, executable, pool);
        _inputs = Array.ConvertAll(layout.Inputs, input => GC.AllocateUninitializedArray<byte>(input.Bytes * layout.Rows, pinned: true));
        _outputs = Array.ConvertAll(layout.Outputs, output => GC.AllocateUninitializedArray<byte>(output.Bytes * layout.Rows, pinned: true));
        _bindings = new Binding?[layout.Rows + 1];
    }

    public BatchLayout Layout { get; }

    /// <summary>Where a row of an input goes.</summary>
    public Span<byte> Input(int ordinal, int row) => _inputs[ordinal].AsSpan(row * Layout.Inputs[ordinal].Bytes);

    /// <summary>Where a row of an output is.</summary>
    public nint Output(int ordinal, int row) => Marshal.UnsafeAddrOfPinnedArrayElement(_outputs[ordinal], row * Layout.Outputs[ordinal].Bytes);

    /// <summary>Runs on the first rows.</summary>
    public void Run(RunOptions options, int rows)
    {
        var binding = _bindings[rows] ??= new Binding(this, rows);
        _executable.Run(options, binding.Io);
    }

    public void Dispose()
    {
        foreach (var binding in _bindings)
        {
            binding?.Dispose();
        }
    }

    protected override void Free() => _pool.Return(this);

    /// <summary>What a session reads from and writes to for a number of rows.</summary>
    private sealed class Binding : IDisposable
    {
        private readonly List<OrtValue> _values = [];

        public Binding(BatchSlab slab, int rows)
        {
            Io = slab._executable.CreateBinding();
            foreach (var (input, memory) in slab.Layout.Inputs.Zip(slab._inputs))
            {
                Io.BindInput(input.Schema.Name, View(input, memory, rows));
            }
            foreach (var (output, memory) in slab.Layout.Outputs.Zip(slab._outputs))
            {
                Io.BindOutput(output.Schema.Name, View(output, memory, rows));
            }
        }

        public OrtIoBinding Io { get; }

        public void Dispose()
        {
            Io.Dispose();
            foreach (var value in _values)
            {
                value.Dispose();
            }
        }

        private OrtValue View(RowLayout tensor, byte[] memory, int rows)
        {
            var value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, tensor.Schema.Datatype.ElementType, tensor.Shape(rows), Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0), (long)rows * tensor.Bytes);
            _values.Add(value);
            return value;
        }
    }
}
