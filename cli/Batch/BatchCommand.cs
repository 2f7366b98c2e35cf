using System.CommandLine;

namespace ModelOps.Cli.Batch;

/// <summary>Everything about batch inference.</summary>
internal static class BatchCommand
{
    public static Command Create(Terminal terminal, CliSettings settings) => new("batch", "Predict the rows of files: here with `run`, or as jobs of the installation.")
    {
        RunCommand.Create(terminal, settings),
        SubmitCommand.Create(terminal, settings),
        StatusCommand.Create(terminal, settings),
        ListCommand.Create(terminal, settings),
        CancelCommand.Create(terminal, settings),
    };
}
