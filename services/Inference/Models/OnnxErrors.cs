namespace ModelOps.Inference.Models;

/// <summary>ONNX Runtime's messages, made fit to be shown.</summary>
internal static class OnnxErrors
{
    private const int Longest = 400;
    // The C# API gives 11, which is the failure of an execution provider, an older name.
    private static readonly string[] Faults = ["[ErrorCode:Fail]", "[ErrorCode:EngineError]", "[ErrorCode:ShapeInferenceNotRegistered]", "[ErrorCode:NotImplemented]"];

    /// <summary>What operators say of a value that they were made to refuse, under a code that stands for faults.</summary>
    private const string RefusedValue = "Unknown Category";

    /// <summary>True when an allocation failed.</summary>
    public static bool IsOutOfMemory(Exception error) =>
        error.Message.Contains("bad_alloc", StringComparison.Ordinal) || error.Message.Contains("Failed to allocate memory", StringComparison.Ordinal);

    /// <summary>True when the error is the model's or the device's, whatever the inputs: shapes and values that do not fit have other codes.</summary>
    public static bool IsFault(Exception error) => IsOutOfMemory(error)
        || (Array.Exists(Faults, code => error.Message.Contains(code, StringComparison.Ordinal)) && !error.Message.Contains(RefusedValue, StringComparison.Ordinal));

    /// <summary>The first line, without the path of the source file that some messages start with.</summary>
    public static string Reason(Exception error) => Reason(error.Message);

    /// <inheritdoc cref="Reason(Exception)"/>
    public static string Reason(ReadOnlySpan<char> message)
    {
        var line = message.IndexOfAny('\r', '\n') is var end and >= 0 ? message[..end] : message;
        if (line.IndexOf("/onnxruntime/", StringComparison.Ordinal) is var path and >= 0 && line.LastIndexOf(": ", StringComparison.Ordinal) is var colon && colon > path)
        {
            line = line[(colon + 2)..];
        }
        return line.Length > Longest ? $"{line[..Longest]}..." : line.ToString();
    }
}
