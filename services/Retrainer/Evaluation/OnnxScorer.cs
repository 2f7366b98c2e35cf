using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOps.Retrainer.TrainingSets;
using ModelOps.ServiceDefaults.Errors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Retrainer.Evaluation;

/// <summary>Scores rows with an ONNX model as it is served: through ONNX Runtime, one input of shape [N,1] per feature.</summary>
internal static class OnnxScorer
{
    private const int BatchRows = 4_096;

    /// <summary>Probability of the positive class for every row.</summary>
    /// <returns>The probabilities, or why the model and the rows do not fit.</returns>
    public static Outcome<double[]> Score(byte[] model, TrainingSet rows, CancellationToken ct)
    {
        try
        {
            using var options = Options();
            using var session = new InferenceSession(model, options);
            using var run = new RunOptions();
            using var stop = ct.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, run);
            return Score(session, run, rows, ct);
        }
        catch (OnnxRuntimeException e)
        {
            ct.ThrowIfCancellationRequested();
            return Refusal.Invalid("model", $"does not run: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static Outcome<double[]> Score(InferenceSession session, RunOptions run, TrainingSet rows, CancellationToken ct)
    {
        foreach (var (name, input) in session.InputMetadata)
        {
            if (rows.Columns.All(column => column.Name != name) || input.Dimensions is not [_, 1])
            {
                return Refusal.Invalid("model", $"takes the input {name}, which is no feature of the training set");
            }
        }
        var output = session.OutputMetadata.FirstOrDefault(pair => pair.Value.ElementType == typeof(float));
        if (output.Key is null)
        {
            return Refusal.Invalid("model", "has no output of type FP32");
        }
        var scores = new List<double>(rows.Rows.Count);
        foreach (var batch in rows.Rows.Chunk(BatchRows))
        {
            ct.ThrowIfCancellationRequested();
            var inputs = session.InputMetadata.Select(input => Input(input.Key, input.Value.ElementType, rows with { Rows = batch })).ToList();
            using var results = session.Run(inputs, [output.Key], run);
            var values = results[0].AsTensor<float>();
            var width = (int)values.Length / batch.Length;
            // Of two classes the second one is the positive one.
            scores.AddRange(values.Where((_, i) => i % width == width - 1).Select(value => (double)value));
        }
        return scores.ToArray();
    }

    private static NamedOnnxValue Input(string name, Type type, TrainingSet rows)
    {
        var column = rows.Columns.Select((known, i) => (known.Name, i)).First(known => known.Name == name).i;
        int[] shape = [rows.Rows.Count, 1];
        return type == typeof(string) ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<string>(rows.Texts(column).Select(text => text ?? "").ToArray(), shape))
            : type == typeof(long) ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(Array.ConvertAll(rows.Numbers(column), value => (long)value), shape))
            : type == typeof(double) ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(rows.Numbers(column), shape))
            : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(Array.ConvertAll(rows.Numbers(column), value => (float)value), shape));
    }

    private static SessionOptions Options()
    {
        var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }
}
