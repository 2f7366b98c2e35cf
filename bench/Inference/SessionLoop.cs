using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Bench.Inference;

/// <summary>The floor: InferenceSession.Run on one thread, one row a call.</summary>
internal sealed class SessionLoop(GoldenModel model) : IDisposable
{
    private readonly InferenceSession _session = Open(model);
    private readonly OrtValue[] _rows = Array.ConvertAll(model.Rows, row => OrtValue.CreateTensorValueFromMemory(row, model.RowShape));
    private readonly RunOptions _options = new();

    /// <returns>Rows a second.</returns>
    public double Run(TimeSpan length)
    {
        string[] inputs = [model.Input];
        var watch = Stopwatch.StartNew();
        long rows = 0;
        while (watch.Elapsed < length)
        {
            using var outputs = _session.Run(_options, inputs, [_rows[rows % _rows.Length]], _session.OutputNames);
            rows++;
        }
        return rows / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        Array.ForEach(_rows, row => row.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    private static InferenceSession Open(GoldenModel model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        return new InferenceSession(model.File, options);
    }
}
