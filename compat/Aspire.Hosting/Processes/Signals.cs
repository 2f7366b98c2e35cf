using System.Runtime.InteropServices;

namespace Aspire.Hosting.Processes;

/// <summary>The signals the host sends, and how.</summary>
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Signals every process of a group.</summary>
    /// <returns>False when there is no such group.</returns>
    public static bool SendToGroup(int group, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        return Send(-group, signal) == 0;
    }

    /// <summary>Signals one process.</summary>
    /// <returns>False when there is no such process.</returns>
    public static bool SendToProcess(int id, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(id, 2);
        return Send(id, signal) == 0;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int target, int signal);
}
