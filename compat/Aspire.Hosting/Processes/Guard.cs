using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>
/// The supervisor script, running in a session of its own at the other end of a pipe. When this process ends, however
/// it ends, the kernel closes the pipe, and the script ends everything it was told about (supervisor.sh).
/// </summary>
internal sealed class Guard : IDisposable
{
    private readonly Process _script;
    private readonly ILogger _logger;

    private Guard(Process script, ILogger logger)
    {
        _script = script;
        _logger = logger;
        Exited = script.WaitForExitAsync(CancellationToken.None);
    }

    public int Id => _script.Id;

    public Task Exited { get; }

    /// <param name="mark">NAME=value of the environment variable that the children carry.</param>
    /// <param name="logger">Hears of a guard that can no longer be told anything.</param>
    public static Guard Start(string mark, ILogger logger)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "supervisor.sh");
        if (!File.Exists(script))
        {
            throw new CannotStartException($"{script} is missing: build the application host again");
        }

        var start = new ProcessStartInfo(Executables.Require("setsid", "util-linux"))
        {
            ArgumentList = { Executables.Require("sh", "dash"), script, mark },
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        start.Environment.Remove(mark[..mark.IndexOf('=')]); // a host within a host: each guard outlives its own host only
        return new(Process.Start(start) ?? throw new CannotStartException("the process supervisor did not start"), logger);
    }

    /// <summary>Tells the script; a script that is gone is no error, its successor is told everything.</summary>
    public void Tell(string line)
    {
        try
        {
            _script.StandardInput.Write(line + "\n");
            _script.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Log.GuardNotTold(_logger, e.Message);
        }
    }

    /// <summary>Closes the pipe: the script ends whatever is left, and itself.</summary>
    public void Release()
    {
        try
        {
            _script.StandardInput.Close();
        }
        catch (IOException e)
        {
            Log.GuardNotTold(_logger, e.Message);
        }
    }

    public void Dispose() => _script.Dispose();
}
