using System.Globalization;
using CsvHelper;
using ModelOps.Testing;
using ModelOps.Training.Data;

namespace ModelOps.Training.Tests;

/// <summary>The card-fraud training data as a table, with the split its reference numbers were made on.</summary>
internal static class FraudTable
{
    private static readonly string[] Features =
    [
        "amount", "merchant_category", "hour_of_day", "days_since_last", "user_avg_amount",
        "txn_count_24h", "account_age_days", "is_foreign", "card_present", "failed_logins_24h",
    ];

    public static TrainingTable Train { get; } = Read("train.csv").Where(row => row % 10 < 7);

    public static TrainingTable Test { get; } = Read("train.csv").Where(row => row % 10 >= 7);

    /// <summary>The rows of one or more data files, one file after the other.</summary>
    public static TrainingTable Read(params string[] files)
    {
        var values = Features.ToDictionary(feature => feature, _ => new List<string>());
        var labels = new List<int>();
        foreach (var file in files)
        {
            using var reader = CsvReader.FromFile(Path.Combine(Golden.Repository, "samples/fraud/data", file), new CsvReaderOptions());
            while (reader.Read())
            {
                foreach (var feature in Features)
                {
                    values[feature].Add(reader.GetString(feature));
                }
                labels.Add(int.Parse(reader.GetString("label"), CultureInfo.InvariantCulture));
            }
        }

        var table = new TrainingTable.Builder();
        foreach (var feature in Features)
        {
            if (feature == "merchant_category")
            {
                table.Add(CategoricalColumn.Of(feature, values[feature]), values[feature]);
            }
            else
            {
                table.Add(new NumericColumn(feature), values[feature].Select(value => float.Parse(value, CultureInfo.InvariantCulture)));
            }
        }
        return table.Build(labels);
    }
}
