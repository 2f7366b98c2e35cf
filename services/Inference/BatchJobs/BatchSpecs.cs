using Microsoft.Extensions.Options;
using ModelOps.Batch;
using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Inference.BatchJobs;

/// <summary>Makes what the engine does out of what a caller wants.</summary>
internal sealed class BatchSpecs(IOptions<BatchOptions> options)
{
    public static readonly Refusal NoDirectory = new(RefusalKind.FailedPrecondition, "batch jobs need a folder: set Inference:Batch:Directory, or use `modelops batch run`");

    public Outcome<BatchSpec> Of(BatchJobRequest request)
    {
        if (options.Value.Directory is not { Length: > 0 } root)
        {
            return NoDirectory;
        }
        var partition = request.Partition is { } text ? Partition.Parse(text) : Partition.Whole;
        return partition.Then(part => BatchPaths.Resolve(root, "input", request.Input).Then(input => BatchPaths.Resolve(root, "output", request.Output).Then(output =>
            RecordFormats.Of(request.Format, input, output).Then<BatchSpec>(format => Checked(new BatchSpec(request.Model, request.Version, input, output, format)
            {
                ChunkRows = request.ChunkRows ?? BatchSpec.DefaultChunkRows,
                RequestRows = options.Value.RequestRows,
                Parallelism = request.Parallelism ?? 1,
                Partition = part,
                Overwrite = request.Overwrite,
            })))));
    }

    private Outcome<BatchSpec> Checked(BatchSpec spec) =>
        spec.Check() is { } broken ? broken
        : spec.Parallelism > options.Value.MaxParallelism ? Refusal.Invalid("parallelism", $"must be 1 to {options.Value.MaxParallelism} here, is {spec.Parallelism}")
        : BatchPaths.IsLink(spec.Folder) || BatchPaths.IsLink(spec.Rejected) ? Refusal.Invalid("output", "must not have a link beside it")
        : spec;
}
