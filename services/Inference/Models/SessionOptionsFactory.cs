using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOps.Inference.Models;

internal static class SessionOptionsFactory
{
    public static SessionOptions Create(ModelOptions options)
    {
        var session = new SessionOptions
        {
            // Its errors come back as exceptions and are logged by us; what it would print itself could be driven by callers.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            // Plans memory for one shape; rows per request vary.
            EnableMemoryPattern = false,
        };
        // Threads that spin while they wait keep processors busy that other models need.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        return session;
    }
}
