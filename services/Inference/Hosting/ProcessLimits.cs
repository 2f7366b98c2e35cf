using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelOps.Inference.Hosting;

/// <summary>Limits that the system enforces on this process.</summary>
internal static partial class ProcessLimits
{
    // Numbers of getrlimit(2) on Linux.
    private const int ProcessorTime = 0;
    private const int FileSize = 1;
    private const int Data = 2;
    private const int Core = 4;

    /// <summary>
    /// Lets an allocation fail, rather than the machine, once the process has taken so many bytes more. What is counted is
    /// memory that can be written; address space that is only reserved, as the garbage collector does, is not.
    /// </summary>
    public static void LimitMemory(ulong bytes)
    {
        Check(GetLimit(Data, out var limit));
        Check(SetLimit(Data, new Limit(Math.Min(WritableBytes() + bytes, limit.Hard), limit.Hard)));
    }

    /// <summary>For a process that runs what is not trusted: no files, no core dumps, so much memory and processor time, until it ends.</summary>
    public static void Confine(ulong memoryBytes, ulong processorSeconds)
    {
        Set(Core, 0);
        Set(FileSize, 0);
        Set(ProcessorTime, processorSeconds);
        Set(Data, WritableBytes() + memoryBytes);
    }

    private static void Set(int resource, ulong value) => Check(SetLimit(resource, new Limit(value, value)));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"the system does not set a limit: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static ulong WritableBytes()
    {
        const string Prefix = "VmData:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(Prefix.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
