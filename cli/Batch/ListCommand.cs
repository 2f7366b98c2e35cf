using System.CommandLine;

namespace ModelOps.Cli.Batch;

/// <summary>Lists the jobs of the installation.</summary>
internal static class ListCommand
{
    public static Command Create(Terminal terminal, CliSettings settings)
    {
        var command = new Command("list", "List jobs, newest first.");
        var action = new JobAction(terminal, settings, command);
        action.Set(async (_, jobs, ct) =>
        {
            var found = await jobs.ListAsync(ct);
            if (found.Value is not { } list)
            {
                return action.Fail(found.Refusal!);
            }
            foreach (var job in list.Jobs)
            {
                terminal.Line(JobText.Line(job));
            }
            return ExitCode.Ok;
        });
        return command;
    }
}
