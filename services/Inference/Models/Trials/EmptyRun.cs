using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Onnx.Schema;
using DataType = ModelOps.Onnx.Schema.TensorProto.Types.DataType;

namespace ModelOps.Inference.Models.Trials;

/// <summary>A run of a model that computes nothing: what others take is measured by it, since machines differ, and one machine from minute to minute.</summary>
internal sealed class EmptyRun(TimeProvider clock) : IDisposable
{
    private const int TimedRuns = 32;
    private readonly Lock _lock = new();
    private InferenceSession? _session;

    /// <summary>The least time that it took of some runs, now.</summary>
    public TimeSpan Least()
    {
        lock (_lock)
        {
            _session ??= Open();
            using var options = new RunOptions();
            using var input = OrtValue.CreateTensorValueFromMemory(new float[1], [1]);
            using var output = OrtValue.CreateTensorValueFromMemory(new float[1], [1]);
            using var binding = _session.CreateIoBinding();
            binding.BindInput("x", input);
            binding.BindOutput("y", output);
            return Enumerable.Range(0, TimedRuns).Min(_ => Time(_session, options, binding));
        }
    }

    public void Dispose() => _session?.Dispose();

    private static InferenceSession Open()
    {
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 }; // no threads that wait for nothing
        return new InferenceSession(Identity(), options);
    }

    private TimeSpan Time(InferenceSession session, RunOptions options, OrtIoBinding binding)
    {
        var started = clock.GetTimestamp();
        session.RunWithBinding(options, binding);
        return clock.GetElapsedTime(started);
    }

    private static byte[] Identity() => new ModelProto
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new GraphProto
        {
            Name = "empty",
            Input = { Value("x") },
            Output = { Value("y") },
            Node = { new NodeProto { OpType = "Identity", Input = { "x" }, Output = { "y" } } },
        },
    }.ToByteArray();

    private static ValueInfoProto Value(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = DataType.Float,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 1 } } },
            },
        },
    };
}
