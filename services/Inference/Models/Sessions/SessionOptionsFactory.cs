using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Inference.Models.Sessions;

/// <summary>Says to ONNX Runtime what the settings mean.</summary>
internal static class SessionOptionsFactory
{
    /// <param name="settings">The settings.</param>
    /// <param name="providers">Providers to use, most wanted first; the processor comes last in any case.</param>
    /// <exception cref="OnnxRuntimeException">A provider's library cannot be loaded.</exception>
    public static SessionOptions Create(SessionSettings settings, IReadOnlyList<string> providers)
    {
        var session = new SessionOptions
        {
            // Its errors come back as exceptions and are logged by us; what it would print itself could be driven by callers.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            ExecutionMode = settings.InterOpThreads > 1 ? ExecutionMode.ORT_PARALLEL : ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = settings.IntraOpThreads,
            InterOpNumThreads = settings.InterOpThreads,
            EnableCpuMemArena = settings.MemoryArena,
            // Plans memory for one shape; rows per request vary.
            EnableMemoryPattern = false,
        };
        // Threads that spin while they wait keep processors busy that other models need.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        try
        {
            foreach (var provider in providers)
            {
                Append(session, provider, settings);
            }
            return session;
        }
        catch (OnnxRuntimeException)
        {
            session.Dispose();
            throw;
        }
    }

    private static void Append(SessionOptions session, string provider, SessionSettings settings)
    {
        switch (provider)
        {
            case ExecutionProviders.Cuda:
                using (var cuda = new OrtCUDAProviderOptions())
                {
                    cuda.UpdateOptions(CudaOptions(settings));
                    session.AppendExecutionProvider_CUDA(cuda);
                }
                break;
            case ExecutionProviders.TensorRt:
                using (var tensorRt = new OrtTensorRTProviderOptions())
                {
                    tensorRt.UpdateOptions(TensorRtOptions(settings));
                    session.AppendExecutionProvider_Tensorrt(tensorRt);
                }
                break;
            default:
                break; // the processor needs no word
        }
    }

    private static Dictionary<string, string> CudaOptions(SessionSettings settings)
    {
        var options = new Dictionary<string, string>
        {
            ["device_id"] = Text(settings.Device),
            // Unless said, the arena doubles, and keeps what it took until the session dies.
            ["arena_extend_strategy"] = "kSameAsRequested",
            // Unless said, every new number of rows is tuned for anew.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["enable_cuda_graph"] = settings.CudaGraphs ? "1" : "0",
        };
        if (settings.DeviceMemoryBytes is { } bytes)
        {
            options["gpu_mem_limit"] = Text(bytes);
        }
        return options;
    }

    private static Dictionary<string, string> TensorRtOptions(SessionSettings settings)
    {
        var options = new Dictionary<string, string>
        {
            ["device_id"] = Text(settings.Device),
            ["trt_fp16_enable"] = settings.Fp16 ? "1" : "0",
        };
        if (settings.DeviceMemoryBytes is { } bytes)
        {
            options["trt_max_workspace_size"] = Text(bytes);
        }
        return options;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
