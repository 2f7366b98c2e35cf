using System.ComponentModel;
using System.Diagnostics;

namespace Aspire.Hosting.Processes;

/// <summary>Turns a <see cref="ProcessSpec"/> into a command line of small util-linux programs that each replace themselves by the next.</summary>
internal static class Launch
{
    /// <param name="spec">What to start.</param>
    /// <param name="mark">NAME=value, put into the environment.</param>
    public static ProcessStartInfo Describe(ProcessSpec spec, string mark)
    {
        var program = Executables.Find(spec.FileName)
            ?? throw new CannotStartException($"there is no program {spec.FileName}");
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw new CannotStartException($"there is no folder {spec.WorkingDirectory}");
        }

        // A session of its own: no terminal, so Ctrl+C reaches the host alone, and a group that has the process's id.
        var start = new ProcessStartInfo(Executables.Require("setsid", "util-linux"))
        {
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (spec.LockFile is not null)
        {
            Add(Executables.Require("flock", "util-linux"), "--no-fork", "--nonblock", spec.LockFile);
        }
        if (spec.User is not null && Environment.IsPrivilegedProcess)
        {
            Add(Executables.Require("setpriv", "util-linux"), $"--reuid={spec.User}", $"--regid={spec.User}", "--init-groups", "--");
        }
        Add([program, .. spec.Arguments]);

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }
        var equals = mark.IndexOf('=');
        start.Environment[mark[..equals]] = mark[(equals + 1)..];
        return start;

        void Add(params IEnumerable<string> words)
        {
            foreach (var word in words)
            {
                start.ArgumentList.Add(word);
            }
        }
    }

    public static Process Start(ProcessStartInfo start, ProcessSpec spec)
    {
        try
        {
            return Process.Start(start) ?? throw new CannotStartException($"{spec.FileName} did not start");
        }
        catch (Win32Exception e)
        {
            throw new CannotStartException($"{spec.FileName} cannot be started: {e.Message}", e);
        }
    }
}
