using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Servers;

/// <summary>Runs a short-lived program to its end.</summary>
internal static class Tool
{
    private const int MostLines = 200;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <returns>The exit code and the last lines of what it wrote.</returns>
    /// <exception cref="CannotStartException">It is missing, or did not end in time.</exception>
    public static async Task<ToolResult> RunAsync(ServerOptions options, ProcessSpec spec, CancellationToken ct)
    {
        var lines = new Queue<string>();
        var process = await options.Supervisor.StartAsync(spec, Keep, ct);
        try
        {
            var code = await process.Exited.WaitAsync(Limit, options.Clock, ct);
            return new(code, [.. lines]);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await process.StopAsync(new CancellationToken(canceled: true));
            throw e is TimeoutException ? new CannotStartException($"{spec.FileName} did not end within {Limit.TotalSeconds:0} s") : e;
        }

        void Keep(OutputLine line)
        {
            lock (lines)
            {
                lines.Enqueue(line.Text);
                if (lines.Count > MostLines)
                {
                    lines.Dequeue();
                }
            }
        }
    }
}
