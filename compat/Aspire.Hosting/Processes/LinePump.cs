using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>Reads what a process writes as fast as it comes, so that the process never waits for a full pipe.</summary>
internal static class LinePump
{
    private const int LongestLine = 8_192;

    public static async Task RunAsync(
        string name, Stream source, bool isError, Action<OutputLine> onOutput, ILogger logger, CancellationToken ct)
    {
        var failed = false;
        var lines = new LineSplitter(LongestLine, text =>
        {
            try
            {
                onOutput(new(text, isError));
            }
            catch (Exception e) when (!failed)
            {
                failed = true; // said once; the process must not stand still because a listener is broken
                Log.ListenerFailed(logger, name, e);
            }
            catch (Exception)
            {
                failed = true;
            }
        });

        var buffer = new byte[16_384];
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, ct)) > 0)
            {
                lines.Push(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Log.OutputCut(logger, name, e.Message); // a stray descendant still holds the pipe
        }
        lines.Complete();
    }
}
