using System.CommandLine;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Cli.Batch;

/// <summary>What the commands about jobs of the installation have in common.</summary>
internal sealed class JobAction(Terminal terminal, CliSettings settings, Command command)
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);
    private readonly Connection _connection = new(settings, command);

    /// <summary>Makes a command do something with the jobs.</summary>
    public void Set(Func<ParseResult, JobsClient, CancellationToken, Task<int>> action) =>
        command.SetAction((arguments, ct) => terminal.GuardAsync(async () =>
        {
            var (address, key) = (_connection.Rest(arguments), _connection.Key(arguments));
            if ((address.Refusal ?? key.Refusal) is { } misused)
            {
                return terminal.Misused(misused);
            }
            using var jobs = new JobsClient(address.Value!, key.Value!);
            return await action(arguments, jobs, ct);
        }, "the job goes on by itself; see `modelops batch status`"));

    /// <summary>Says why the API refused.</summary>
    public int Fail(Refusal refusal) => terminal.Fail(refusal.Detail, refusal.Kind switch
    {
        RefusalKind.PermissionDenied => "check --api-key or MODELOPS_API_KEY; looking needs the scope read, submitting and cancelling write",
        RefusalKind.NotFound => "see `modelops batch list`",
        RefusalKind.Unavailable => "try again in a moment",
        _ => "put that right and run the command again",
    });

    /// <summary>Tells a job's state; with a wait, until it is over.</summary>
    public async Task<int> TellAsync(BatchJobView job, bool wait, JobsClient jobs, CancellationToken ct)
    {
        while (wait && !job.IsOver)
        {
            terminal.Note(JobText.Line(job));
            await Task.Delay(WatchInterval, TimeProvider.System, ct);
            var found = await jobs.GetAsync(job.Id, ct);
            if (found.Value is not { } now)
            {
                return Fail(found.Refusal!);
            }
            job = now;
        }
        terminal.Line(JobText.Line(job));
        return job switch
        {
            { State: "failed" or "cancelled" } => ExitCode.Failed,
            { State: "succeeded", Rejected: > 0 } => ExitCode.Rejected,
            _ => ExitCode.Ok,
        };
    }
}
