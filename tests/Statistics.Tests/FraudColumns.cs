using System.Globalization;
using ModelOps.Statistics.Profiles;
using ModelOps.Testing;

namespace ModelOps.Statistics.Tests;

/// <summary>The card-fraud data as profile columns; every feature and the label.</summary>
internal static class FraudColumns
{
    private const string Text = "merchant_category";

    public static IReadOnlyList<ProfileColumn> Train { get; } = Read("train.csv", _ => true);

    public static IReadOnlyList<ProfileColumn> Read(string file, Func<int, bool> keep)
    {
        // The files hold no quoted field.
        var lines = File.ReadAllLines(Path.Combine(Golden.Repository, "samples/fraud/data", file));
        var names = lines[0].Split(',');
        string[][] rows = [.. lines.Skip(1).Where((_, row) => keep(row)).Select(line => line.Split(','))];
        return
        [
            .. names.Select((name, column) => (name, column)).Where(pair => pair.name is not ("user_id" or "event_time")).Select(pair =>
                pair.name == Text
                    ? (ProfileColumn)new CategoricalProfileColumn(pair.name, [.. rows.Select(row => row[pair.column])])
                    : new NumericProfileColumn(pair.name, [.. rows.Select(row => double.Parse(row[pair.column], CultureInfo.InvariantCulture))])),
        ];
    }
}
