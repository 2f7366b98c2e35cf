using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using ModelOps.Bench.Measuring;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Bench.Serving;

/// <summary>InferenceSession.Run in a loop on one thread of this process, inputs in turn.</summary>
internal sealed class DirectRuns : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtValue[] _inputs;
    private readonly RunOptions _options = new();
    private readonly string[] _names;
    private readonly string[] _outputs;

    /// <param name="model">What is run.</param>
    /// <param name="rows">Rows of one run.</param>
    /// <param name="cuda">On the first CUDA device.</param>
    public DirectRuns(ServedModel model, int rows, bool cuda = false)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        if (cuda)
        {
            AppendCuda(options);
        }
        (_session, _names) = (new InferenceSession(model.Onnx, options), [model.Input]);
        _outputs = [.. _session.OutputNames];
        _inputs = [.. Enumerable.Range(0, InferFrames.Inputs(model, rows))
            .Select(first => OrtValue.CreateTensorValueFromMemory(model.Batch(first, rows), model.ShapeOf(rows)))];
    }

    /// <summary>Runs for so long.</summary>
    public Round Run(TimeSpan length)
    {
        var latencies = new LatencyHistogram();
        var before = Usage.OfThisProcess();
        var begin = Stopwatch.GetTimestamp();
        var end = begin + (long)(length.TotalSeconds * Stopwatch.Frequency);
        for (var (start, next) = (begin, 0); start < end; next++)
        {
            using (_session.Run(_options, _names, [_inputs[next % _inputs.Length]], _outputs))
            {
                var after = Stopwatch.GetTimestamp();
                latencies.Add(after - start);
                start = after;
            }
        }
        var (elapsed, used) = (Stopwatch.GetElapsedTime(begin), Usage.OfThisProcess() - before);
        return new Round(
            latencies.Count / elapsed.TotalSeconds,
            latencies.Percentile(0.5),
            latencies.Percentile(0.99),
            used.Cpu / latencies.Count,
            TimeSpan.Zero,
            (double)used.Allocated / latencies.Count,
            0);
    }

    /// <summary>The numbers of the last FP32 output for one of the inputs.</summary>
    public float[] Scores(int input)
    {
        using var outputs = _session.Run(_options, _names, [_inputs[input]], _outputs);
        return outputs.Last(output => output.GetTensorTypeAndShape().ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float)
            .GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        Array.ForEach(_inputs, input => input.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    private static void AppendCuda(SessionOptions options)
    {
        try
        {
            options.AppendExecutionProvider_CUDA();
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new CannotMeasureException($"no CUDA device: {exception.Message.Split('\n')[0]}", exception);
        }
    }
}
