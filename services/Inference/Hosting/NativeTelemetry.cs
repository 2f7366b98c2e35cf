using System.Runtime.InteropServices;

namespace ModelOps.Inference.Hosting;

/// <summary>
/// ONNX Runtime as its vendor builds it keeps a database of usage events in the user's home and sends it away. A server
/// that holds other people's models does neither.
/// </summary>
internal static partial class NativeTelemetry
{
    public const string Variable = "ORT_DISABLE_TELEMETRY";
    public const string Off = "1";

    /// <summary>Must happen before ONNX Runtime is used for the first time. .NET's own way of setting variables does not reach native code.</summary>
    public static void TurnOff() => _ = Set(Variable, Off, overwrite: 1);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);
}
