using System.Globalization;
using ModelOps.Testing;

namespace ModelOps.Retrainer.Tests.Support;

/// <summary>A row of the sample's training data.</summary>
internal sealed record FraudRow(long User, DateTimeOffset EventTime, IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>Its place in the file.</summary>
    public int Index { get; init; }

    /// <summary>The load it came with.</summary>
    public string Batch { get; init; } = "fraud";

    public double Number(string column) => double.Parse(Cells[column], CultureInfo.InvariantCulture);
}

/// <summary>The sample's training data.</summary>
internal static class FraudRows
{
    public static IReadOnlyList<string> StoreFeatures { get; } =
        ["days_since_last", "user_avg_amount", "txn_count_24h", "account_age_days", "failed_logins_24h"];

    public static string PipelineYaml { get; } = File.ReadAllText(Path.Combine(Golden.Repository, "samples", "fraud", "pipeline.yaml"));

    private static readonly Lazy<IReadOnlyList<FraudRow>> All = new(Load);

    /// <summary>The first rows, shifted in time.</summary>
    public static IReadOnlyList<FraudRow> Take(int count, TimeSpan shift = default) =>
        [.. All.Value.Take(count).Select(row => row with { EventTime = row.EventTime + shift })];

    private static FraudRow[] Load()
    {
        var lines = File.ReadAllLines(Path.Combine(Golden.Repository, "samples", "fraud", "data", "train.csv"));
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select((line, i) =>
        {
            var cells = names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second);
            return new FraudRow(
                long.Parse(cells["user_id"], CultureInfo.InvariantCulture),
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(cells["event_time"], CultureInfo.InvariantCulture)),
                cells)
            { Index = i };
        })];
    }
}
