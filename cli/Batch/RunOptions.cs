using System.CommandLine;
using System.Globalization;
using ModelOps.Batch;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Cli.Batch;

/// <summary>The options of `batch run`, and the specification they make.</summary>
internal sealed class RunOptions
{
    private const string PartitionMark = "{partition}";
    private readonly CliSettings _settings;
    private readonly Option<string> _model = new("--model") { Description = "Name of the model.", Required = true };
    private readonly Option<long?> _version = new("--version") { Description = "Its version; the one that takes traffic when the job begins unless given. Needed with a partition." };
    private readonly Option<string> _input = new("--input") { Description = "File with the rows: CSV with a header, or NDJSON.", Required = true };
    private readonly Option<string> _output = new("--output")
    {
        Description = $"File for the rows with their predictions. {PartitionMark} in it stands for the number of the partition. Rows that cannot be predicted go to OUTPUT.rejected.ndjson.",
        Required = true,
    };

    private readonly Option<string?> _format = new("--format") { Description = "csv or ndjson; as the input's ending says unless given." };
    private readonly Option<int> _chunkRows = new("--chunk-rows") { Description = "Rows of a chunk: what is done again, a worker, after a kill.", DefaultValueFactory = _ => BatchSpec.DefaultChunkRows };
    private readonly Option<int> _requestRows = new("--request-rows") { Description = "Most rows of one request.", DefaultValueFactory = _ => BatchSpec.DefaultRequestRows };
    private readonly Option<int> _parallelism = new("--parallelism") { Description = "Chunks under way at the same time.", DefaultValueFactory = _ => 4 };
    private readonly Option<string?> _partition = new("--partition")
    {
        Description = "Part of the input as index/count, from 0/count on [env: JOB_COMPLETION_INDEX and JOB_PARTITIONS]",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace an output that exists." };

    public RunOptions(CliSettings settings, Command command)
    {
        _settings = settings;
        foreach (var option in (Option[])[_model, _version, _input, _output, _format, _chunkRows, _requestRows, _parallelism, _partition, _overwrite])
        {
            command.Options.Add(option);
        }
    }

    public Outcome<BatchSpec> Read(ParseResult arguments)
    {
        var (input, output) = (arguments.GetRequiredValue(_input), arguments.GetRequiredValue(_output));
        return Part(arguments.GetValue(_partition), output).Then(part =>
            RecordFormats.Of(arguments.GetValue(_format), input, output).Then<BatchSpec>(format =>
            {
                var number = part.Index.ToString("D5", CultureInfo.InvariantCulture);
                var spec = new BatchSpec(
                    arguments.GetRequiredValue(_model), arguments.GetValue(_version), input, output.Replace(PartitionMark, number, StringComparison.Ordinal), format)
                {
                    ChunkRows = arguments.GetValue(_chunkRows),
                    RequestRows = arguments.GetValue(_requestRows),
                    Parallelism = arguments.GetValue(_parallelism),
                    Partition = part,
                    Overwrite = arguments.GetValue(_overwrite),
                };
                return spec.Check() is { } broken ? broken : spec;
            }));
    }

    private Outcome<Partition> Part(string? asked, string output)
    {
        if (asked is not null)
        {
            return Partition.Parse(asked);
        }
        var (index, count) = (_settings.JobIndex, _settings.JobPartitions);
        if (count is null)
        {
            // In an Indexed Job without it, every pod would predict the whole file.
            return index is null
                ? Partition.Whole
                : Refusal.Invalid("partition", "must be given: JOB_COMPLETION_INDEX is set and JOB_PARTITIONS is not; set it to the job's completions");
        }
        return output.Contains(PartitionMark, StringComparison.Ordinal)
            ? Partition.Parse($"{index}/{count}")
            : Refusal.Invalid("output", $"must contain {PartitionMark} when JOB_PARTITIONS is set, so that every pod has a file of its own");
    }
}
