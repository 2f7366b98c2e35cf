namespace ModelOps.Samples.Fraud;

/// <summary>The files of samples/fraud that a run reads.</summary>
public sealed class SampleFiles(DirectoryInfo folder, SamplePolicy policy)
{
    private readonly Lazy<Transaction[]> _train = new(() => Transaction.Read(Path.Combine(folder.FullName, "data", "train.csv")));
    private readonly Lazy<Transaction[]> _same = new(() => Transaction.Read(Path.Combine(folder.FullName, "data", "current_same.csv")));
    private readonly Lazy<Transaction[]> _drift = new(() => Transaction.Read(Path.Combine(folder.FullName, "data", "current_drift.csv")));

    /// <summary>How the model is judged, rolled out and watched.</summary>
    public SamplePolicy Policy => policy;

    /// <summary>A month of history with outcomes.</summary>
    public Transaction[] Train => _train.Value;

    /// <summary>The month after, like the one before.</summary>
    public Transaction[] Same => _same.Value;

    /// <summary>A month in which the world is another; every second row is traffic.</summary>
    public Transaction[] DriftTraffic => [.. _drift.Value.Where((_, i) => i % 2 == 0)];

    /// <summary>The other half, which no model sees before it is judged on it.</summary>
    public Transaction[] DriftHeldOut => [.. _drift.Value.Where((_, i) => i % 2 == 1)];

    /// <summary>Feature definitions.</summary>
    public string Features => File.ReadAllText(Path.Combine(folder.FullName, "features.yaml"));

    /// <summary>The pipeline, for the model of this run and the rows it loaded.</summary>
    public string PipelineOf(string model) =>
        File.ReadAllText(Path.Combine(folder.FullName, "pipeline.yaml"))
            .Replace("model: fraud\n", $"model: {model}\n", StringComparison.Ordinal)
            .Replace("batch: fraud", $"batch: {model}", StringComparison.Ordinal);
}
