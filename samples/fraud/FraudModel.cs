using ModelOps.Statistics.Metrics;
using ModelOps.Statistics.Profiles;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Linear;

namespace ModelOps.Samples.Fraud;

/// <summary>What the sample knows about its model: which features it reads, and where they come from.</summary>
public static class FraudModel
{
    /// <summary>Name in the registry; later runs on the same data folder take `fraud-2`, `fraud-3`, ...</summary>
    public const string Name = "fraud";

    /// <summary>The feature that is a text; the model encodes it.</summary>
    public const string CategoricalFeature = "merchant_category";

    /// <summary>The features that are numbers.</summary>
    public static IReadOnlyList<string> NumericFeatures { get; } =
    [
        "amount", "hour_of_day", "days_since_last", "user_avg_amount", "txn_count_24h",
        "account_age_days", "is_foreign", "card_present", "failed_logins_24h",
    ];

    /// <summary>The features the store keeps about a user.</summary>
    public static IReadOnlyList<string> StoreFeatures { get; } =
        ["days_since_last", "user_avg_amount", "txn_count_24h", "account_age_days", "failed_logins_24h"];

    /// <summary>The numbers that come with a transaction, beside its merchant category.</summary>
    public static IReadOnlyList<string> RequestFeatures { get; } = ["amount", "hour_of_day", "is_foreign", "card_present"];

    /// <summary>Position of a feature in <see cref="NumericFeatures"/>.</summary>
    public static int IndexOf(string feature) => NumericFeatures.ToList().IndexOf(feature);

    /// <summary>A model that takes fraud for honest and honest for fraud: a logistic regression on flipped labels.</summary>
    public static byte[] TrainFlipped(Transaction[] rows, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var flipped = TableOf([.. rows.Select(row => row with { Label = 1 - row.Label })]);
        return LogisticModelOnnx.Export(LogisticRegression.Train(flipped, new LogisticOptions(), ct));
    }

    /// <summary>The reference profile of a model trained on these rows.</summary>
    public static ReferenceProfile ProfileOf(Transaction[] rows) => ReferenceProfile.Build(
    [
        .. NumericFeatures.Select((feature, i) => new NumericProfileColumn(feature, [.. rows.Select(row => row.Numbers[i])])),
        new CategoricalProfileColumn(CategoricalFeature, [.. rows.Select(row => row.MerchantCategory)]),
    ]);

    /// <summary>Area under the ROC curve of scores for these rows.</summary>
    public static double RocAuc(Transaction[] rows, float[] scores) =>
        BinaryMetrics.RocAuc(Array.ConvertAll(rows, row => row.Label), Array.ConvertAll(scores, score => (double)score));

    private static TrainingTable TableOf(Transaction[] rows)
    {
        var table = new TrainingTable.Builder();
        for (var i = 0; i < NumericFeatures.Count; i++)
        {
            var feature = i;
            table.Add(new NumericColumn(NumericFeatures[feature]), rows.Select(row => (float)row.Numbers[feature]));
        }
        var categories = rows.Select(row => row.MerchantCategory).ToArray();
        return table.Add(CategoricalColumn.Of(CategoricalFeature, categories), categories).Build(rows.Select(row => row.Label));
    }
}
