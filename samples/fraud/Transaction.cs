using CsvHelper;

namespace ModelOps.Samples.Fraud;

/// <summary>A card transaction as the data files hold it.</summary>
/// <param name="UserId">Who paid; the store keeps the history under this key.</param>
/// <param name="EventTime">Seconds since 1970.</param>
/// <param name="Numbers">The numeric features, in the order of <see cref="FraudModel.NumericFeatures"/>.</param>
/// <param name="MerchantCategory">What kind of merchant was paid.</param>
/// <param name="Label">1 for fraud, 0 otherwise.</param>
public sealed record Transaction(long UserId, long EventTime, double[] Numbers, string MerchantCategory, int Label)
{
    /// <summary>Reads a data file in its order.</summary>
    public static Transaction[] Read(string path)
    {
        using var csv = CsvReader.FromFile(path, new CsvReaderOptions());
        var rows = new List<Transaction>();
        while (csv.Read())
        {
            rows.Add(new Transaction(
                csv.Parse<long>(csv.GetFieldIndex("user_id")),
                csv.Parse<long>(csv.GetFieldIndex("event_time")),
                [.. FraudModel.NumericFeatures.Select(feature => csv.Parse<double>(csv.GetFieldIndex(feature)))],
                csv.GetString(FraudModel.CategoricalFeature),
                csv.Parse<int>(csv.GetFieldIndex("label"))));
        }
        return [.. rows];
    }

    /// <summary>A numeric feature by name.</summary>
    public double this[string feature] => Numbers[FraudModel.IndexOf(feature)];
}
