namespace ModelOps.Inference.Models.Sessions;

/// <summary>The execution providers that may be wished for, by the names used in settings.</summary>
internal static class ExecutionProviders
{
    public const string Cpu = "cpu";
    public const string Cuda = "cuda";
    public const string TensorRt = "tensorrt";

    /// <summary>Most wanted first, where nobody says otherwise.</summary>
    public static readonly string[] Default = [Cuda, Cpu];

    /// <summary>ONNX Runtime's name of a provider; null when there is none of that name.</summary>
    public static string? NativeName(string name) => name switch
    {
        Cpu => "CPUExecutionProvider",
        Cuda => "CUDAExecutionProvider",
        TensorRt => "TensorrtExecutionProvider",
        _ => null,
    };
}
