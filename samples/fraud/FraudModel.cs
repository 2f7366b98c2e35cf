using ModelOps.Statistics.Metrics;
using ModelOps.Training.Data;
using ModelOps.Training.Export;
using ModelOps.Training.Linear;

namespace ModelOps.Samples.Fraud;

/// <summary>The model of the sample: which features it reads, how it is trained and judged.</summary>
/// <param name="Onnx">The exported model.</param>
/// <param name="TestRocAuc">Area under the curve on the test split.</param>
public sealed record FraudModel(byte[] Onnx, double TestRocAuc)
{
    /// <summary>Name in the registry.</summary>
    public const string Name = "fraud";

    /// <summary>The feature that is a text; the model encodes it.</summary>
    public const string CategoricalFeature = "merchant_category";

    /// <summary>The features that are numbers.</summary>
    public static IReadOnlyList<string> NumericFeatures { get; } =
    [
        "amount", "hour_of_day", "days_since_last", "user_avg_amount", "txn_count_24h",
        "account_age_days", "is_foreign", "card_present", "failed_logins_24h",
    ];

    /// <summary>Trains on seven of ten rows and judges on the other three, as tests/golden/fraud_logistic.json states the split.</summary>
    public static FraudModel Train(Transaction[] rows, CancellationToken ct)
    {
        var table = TableOf(rows);
        var train = table.Where(row => row % 10 < 7);
        var test = table.Where(row => row % 10 >= 7);

        var model = LogisticRegression.Train(train, new LogisticOptions(), ct);

        return new FraudModel(LogisticModelOnnx.Export(model), BinaryMetrics.RocAuc(test.Labels, model.Predict(test)));
    }

    private static TrainingTable TableOf(Transaction[] rows)
    {
        var table = new TrainingTable.Builder();
        for (var i = 0; i < NumericFeatures.Count; i++)
        {
            var feature = i;
            table.Add(new NumericColumn(NumericFeatures[feature]), rows.Select(row => row.Numbers[feature]));
        }
        var categories = rows.Select(row => row.MerchantCategory).ToArray();
        return table.Add(CategoricalColumn.Of(CategoricalFeature, categories), categories).Build(rows.Select(row => row.Label));
    }
}
