using System.Diagnostics;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.Win32.SafeHandles;
using ModelOps.Inference.Hosting;
using ModelOps.Inference.Models.Sessions;
using ModelOps.Inference.Tensors;
using ModelOps.Serving;

namespace ModelOps.Inference.Models.Probing;

/// <summary>
/// The child's side: takes a model from its standard input, limits itself, loads the model and runs it once. It says on
/// its standard output how far it is, one line each, so that a crash shows where it happened.
/// </summary>
internal static class ProbeCommand
{
    public const string Name = "--probe";
    public const string Loading = "loading";
    public const string Running = "running";
    public const string Passed = "passed";
    public const string Refused = "refused ";

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        // What has no name can be neither filled nor left behind.
        Directory.Delete(Environment.CurrentDirectory);
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var (request, onnx) = ProbeRequest.Read(input);
        ProcessLimits.Confine(request.MemoryBytes, request.ProcessorSeconds);
        DieWithParent(input);
        Say(output, Loading);
        Say(output, Try(request, onnx, output) is { } refusal ? $"{Refused}{refusal}" : Passed);
        return 0;
    }

    private static string? Try(ProbeRequest request, byte[] onnx, Stream output)
    {
        InferenceSession session;
        try
        {
            var execution = new ExecutionConfiguration { MemoryArena = false };
            using var options = SessionOptionsFactory.Create(SessionSettings.Of(execution, new ModelOptions()), [ExecutionProviders.Cpu]);
            session = new InferenceSession(onnx, options);
        }
        catch (OnnxRuntimeException e)
        {
            return OnnxErrors.IsOutOfMemory(e) ? TooMuchMemory("loading the file", request) : $"ONNX Runtime does not load the file: {OnnxErrors.Reason(e)}";
        }
        var (schema, refusal) = SchemaReader.Read(session);
        if (schema is null)
        {
            return refusal!.Detail;
        }
        Say(output, Running);
        return RunOnce(session, schema, request);
    }

    private static string? RunOnce(InferenceSession session, ModelSchema schema, ProbeRequest request)
    {
        if (ProbeInputs.Create(schema, request.WarmUp) is not { } inputs)
        {
            return null; // one row is too large to be made up; the first request shows what it does
        }
        using var options = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var limit = new Timer(_ => options.Terminate = true, null, request.RunTime, Timeout.InfiniteTimeSpan);
        try
        {
            using var outputs = session.Run(options, session.InputNames, inputs, session.OutputNames);
            var bytes = outputs.Sum(output => output.GetTensorTypeAndShape() is { IsString: false } ? output.GetTensorSizeInBytes() : 0);
            return bytes > request.OutputBytes ? $"the outputs of one row take {bytes} bytes, at most {request.OutputBytes} are answered" : null;
        }
        catch (OnnxRuntimeException) when (options.Terminate)
        {
            return $"the first run took longer than {request.RunTime.TotalSeconds:0.###} s and was stopped";
        }
        catch (OnnxRuntimeException e) when (OnnxErrors.IsOutOfMemory(e))
        {
            return TooMuchMemory("the first run", request);
        }
        catch (OnnxRuntimeException e)
        {
            // Where lengths are free beyond the first dimension, a one may be a length the model cannot work with.
            return ProbeInputs.IsGuess(schema, request.WarmUp) ? null : $"the first run failed: {OnnxErrors.Reason(e)}";
        }
    }

    private static string TooMuchMemory(string what, ProbeRequest request) => $"{what} takes more than the {request.MemoryBytes} bytes of memory that it may";

    /// <summary>The parent holds the other end of the input for as long as it waits.</summary>
    private static void DieWithParent(Stream input)
    {
        var watch = new Thread(() =>
        {
            input.ReadByte();
            Process.GetCurrentProcess().Kill();
        });
        watch.IsBackground = true;
        watch.Start();
    }

    private static void Say(Stream output, string line) => output.Write(Encoding.UTF8.GetBytes($"{line}\n"));
}
