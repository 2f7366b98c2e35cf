using System.CommandLine;

namespace ModelOps.Cli.Batch;

/// <summary>Stops a job.</summary>
internal static class CancelCommand
{
    public static Command Create(Terminal terminal, CliSettings settings)
    {
        var id = new Argument<string>("id") { Description = "Identity of the job." };
        var command = new Command("cancel", "Stop a job and remove what it has done.") { id };
        var action = new JobAction(terminal, settings, command);
        action.Set(async (arguments, jobs, ct) =>
        {
            var found = await jobs.CancelAsync(arguments.GetRequiredValue(id), ct);
            if (found.Value is not { } job)
            {
                return action.Fail(found.Refusal!);
            }
            terminal.Line(JobText.Line(job));
            return ExitCode.Ok;
        });
        return command;
    }
}
