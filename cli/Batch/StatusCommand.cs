using System.CommandLine;

namespace ModelOps.Cli.Batch;

/// <summary>Tells how far a job is.</summary>
internal static class StatusCommand
{
    public static Command Create(Terminal terminal, CliSettings settings)
    {
        var id = new Argument<string>("id") { Description = "Identity of the job." };
        var wait = new Option<bool>("--wait") { Description = "Wait until it is over." };
        var command = new Command("status", "Tell how far a job is. Ends with 1 for one that failed or was cancelled, 3 for one with rejected rows.") { id, wait };
        var action = new JobAction(terminal, settings, command);
        action.Set(async (arguments, jobs, ct) =>
        {
            var found = await jobs.GetAsync(arguments.GetRequiredValue(id), ct);
            return found.Value is { } job ? await action.TellAsync(job, arguments.GetValue(wait), jobs, ct) : action.Fail(found.Refusal!);
        });
        return command;
    }
}
