using System.Globalization;
using ModelOps.Batch;
using ModelOps.ServiceDefaults.Errors;
using Spectre.Console;

namespace ModelOps.Cli.Batch;

/// <summary>Shows how far a run is: a bar to a person, a line now and then to a log.</summary>
internal sealed class RunProgress(Terminal terminal, TimeProvider clock)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private readonly long _begun = clock.GetTimestamp();

    /// <summary>Shows it until the run is over.</summary>
    public async Task<Outcome<BatchSummary>> ShowAsync(BatchProgress progress, Task<Outcome<BatchSummary>> run)
    {
        if (terminal.IsInteractive)
        {
            var bar = terminal.Error.Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
            await bar.StartAsync(async context =>
            {
                var task = context.AddTask("starting", maxValue: 1);
                await ForAsync(run, BarInterval, () => (task.Value, task.Description) = (progress.Share, Markup.Escape(Describe(progress))));
            });
        }
        else
        {
            await ForAsync(run, LineInterval, () => terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{progress.Share:P0} done, {Describe(progress)}")));
        }
        return await run;
    }

    private async Task ForAsync(Task run, TimeSpan interval, Action show)
    {
        while (await Task.WhenAny(run, Task.Delay(interval, clock, CancellationToken.None)) != run)
        {
            show();
        }
    }

    private string Describe(BatchProgress progress)
    {
        var seconds = clock.GetElapsedTime(_begun).TotalSeconds;
        var rate = (progress.Rows + progress.Rejected - progress.ResumedRows) / Math.Max(seconds, 0.001);
        var rejected = progress.Rejected > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Rejected:N0} rejected") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Rows:N0} rows{rejected}, {rate:N0} rows/s");
    }
}
