using ModelOps.ServiceDefaults.Errors;

namespace ModelOps.Batch;

/// <summary>What is to be done: which file, by which model, into which file.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version; null: the one that takes traffic when the job begins. It stays the same to the end of the job.</param>
/// <param name="Input">Path of the file with the rows.</param>
/// <param name="Output">Path of the file with the predictions. Beside it lies the job's folder, <c>OUTPUT.batch</c>, until it is done.</param>
/// <param name="Format">How both are written.</param>
public sealed record BatchSpec(string Model, long? Version, string Input, string Output, RecordFormat Format)
{
    public const int DefaultChunkRows = 10_000;
    public const int MostChunkRows = 1_000_000;
    public const int DefaultRequestRows = 1_000;
    public const int MostRequestRows = 65_536;
    public const int MostParallelism = 256;

    /// <summary>Rows of a chunk, 1 to 1,000,000: what is lost at most, a worker, when the process dies.</summary>
    public int ChunkRows { get; init; } = DefaultChunkRows;

    /// <summary>Most rows that the model gets at once, 1 to 65,536.</summary>
    public int RequestRows { get; init; } = DefaultRequestRows;

    /// <summary>Chunks under way at the same time, 1 to 256.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Which part of the input.</summary>
    public Partition Partition { get; init; } = Partition.Whole;

    /// <summary>Whether an output that exists is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Where rows go that could not be predicted.</summary>
    public string Rejected => $"{Output}.rejected.ndjson";

    /// <summary>The job's folder.</summary>
    public string Folder => $"{Output}.batch";

    /// <summary>The first rule that the numbers break; null: none.</summary>
    public Refusal? Check() =>
        Model.Length == 0 ? Refusal.Invalid("model", "must not be empty")
        : Version is <= 0 ? Refusal.Invalid("version", "must be 1 or more")
        : Between("chunk_rows", ChunkRows, MostChunkRows)
        ?? Between("request_rows", RequestRows, MostRequestRows)
        ?? Between("parallelism", Parallelism, MostParallelism)
        ?? (Partition.Count > 1 && Version is null ? Refusal.Invalid("version", "must be said with a partition, so that every partition has the same") : null);

    private static Refusal? Between(string field, int value, int most) =>
        value < 1 || value > most ? Refusal.Invalid(field, $"must be 1 to {most}, is {value}") : null;
}
