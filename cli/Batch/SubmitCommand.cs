using System.CommandLine;

namespace ModelOps.Cli.Batch;

/// <summary>Gives the installation a job.</summary>
internal static class SubmitCommand
{
    public static Command Create(Terminal terminal, CliSettings settings)
    {
        var model = new Option<string>("--model") { Description = "Name of the model.", Required = true };
        var version = new Option<long?>("--version") { Description = "Its version; the one that takes traffic when the job begins unless given." };
        var input = new Option<string>("--input") { Description = "File with the rows, relative to the installation's folder of batch jobs.", Required = true };
        var output = new Option<string>("--output") { Description = "File for the rows with their predictions, relative likewise.", Required = true };
        var format = new Option<string?>("--format") { Description = "csv or ndjson; as the input's ending says unless given." };
        var chunkRows = new Option<int?>("--chunk-rows") { Description = "Rows of a chunk." };
        var parallelism = new Option<int?>("--parallelism") { Description = "Chunks under way at the same time." };
        var partition = new Option<string?>("--partition") { Description = "Part of the input as index/count, from 0/count on." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace an output that exists." };
        var wait = new Option<bool>("--wait") { Description = "Wait until it is over." };
        var command = new Command("submit", "Submit a job to the installation.") { model, version, input, output, format, chunkRows, parallelism, partition, overwrite, wait };
        var action = new JobAction(terminal, settings, command);
        action.Set(async (arguments, jobs, ct) =>
        {
            var request = new BatchJobRequestView(
                arguments.GetRequiredValue(model), arguments.GetValue(version), arguments.GetRequiredValue(input), arguments.GetRequiredValue(output), arguments.GetValue(format),
                arguments.GetValue(chunkRows), arguments.GetValue(parallelism), arguments.GetValue(partition), arguments.GetValue(overwrite));
            var submitted = await jobs.SubmitAsync(request, ct);
            return submitted.Value is { } job ? await action.TellAsync(job, arguments.GetValue(wait), jobs, ct) : action.Fail(submitted.Refusal!);
        });
        return command;
    }
}
